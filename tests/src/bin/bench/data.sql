-- Fills an organization that has just been registered with partners as a program of some years has them. Run by psql
-- as the owner of the tables, with the variables organization, partners, seed, and deals: how many each partner has. The same seed makes the same rows.
\set ON_ERROR_STOP on
SET synchronous_commit = off;
SET client_min_messages = warning;
SET max_parallel_workers_per_gather = 0;
SET work_mem = '256MB';
SELECT set_config('app.organization_id', :'organization', false);
SELECT setseed(:seed);

-- UUIDv7 of an instant that follows from the seed: rows in the order of their creation, as the server makes them.
CREATE FUNCTION pg_temp.made_id(kind text, at timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT overlay(overlay(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || left(md5(kind), 20)
        placing '7' FROM 13 FOR 1) placing '8' FROM 17 FOR 1)::uuid
$$;
-- One of a list of words, the first ones more often the higher the power.
CREATE FUNCTION pg_temp.pick(words text[], r double precision, power double precision DEFAULT 1) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + floor(r ^ power * cardinality(words))::int]
$$;
-- Some neighbours of a list, most often one or two, sometimes none.
CREATE FUNCTION pg_temp.some(words text[], r double precision) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT words[1 + floor(r * 7919)::int % cardinality(words) : floor(r * 7919)::int % cardinality(words) + floor(4 * (r * 104729 - floor(r * 104729)) ^ 1.5)::int]
$$;

BEGIN;
INSERT INTO tags (id, category, name)
SELECT pg_temp.made_id(:seed || 'tag' || t, '2024-12-01'), (ARRAY['services', 'products', 'regions'])[1 + t % 3], 'Tag ' || t
FROM generate_series(1, 40) t;

-- The dice of every partner.
CREATE TEMP TABLE dice AS
SELECT n, '2025-01-01'::timestamptz + n * (interval '690 days' / :partners) AS at,
       random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5, random() AS r6, random() AS r7,
       random() AS r8, random() AS r9, random() AS r10, random() AS r11, random() AS r12, random() AS r13, random() AS r14,
       random() AS r15, random() AS r16, random() AS r17, random() AS r18,
       -- Normally distributed, for amounts that span magnitudes.
       sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS g1,
       sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS g2,
       sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random()) AS g3
FROM generate_series(1, :partners) AS n;

-- 0 to 5 of the 40 tags, some of them common, most rare.
CREATE TEMP TABLE chosen AS
SELECT DISTINCT n, 1 + floor(40 * random() ^ 2)::int AS t
FROM dice, generate_series(1, (ARRAY[0, 0, 1, 1, 2, 2, 3, 3, 4, 5])[1 + floor(r18 * 10)::int]);
CREATE TEMP TABLE tagged AS
SELECT n, array_agg(pg_temp.made_id(:seed || 'tag' || t, '2024-12-01') ORDER BY t) AS tag_ids FROM chosen GROUP BY n;
ANALYZE dice, tagged;

INSERT INTO partners (id, version, created_at, updated_at, created_via, external_id, name, normalised_name, domain, industry,
    description, employees, company_revenue, regions, services, products, languages, type, subtype, category, tier,
    tier_changed_at, tag_ids, status, stage, stage_changed_at, in_intelligence, partner_manager_id, primary_contact_id,
    key_stakeholders, joint_value_proposition, executive_summary, pipeline, revenue, product_revenue, active_deals, closed_deals,
    customers, annual_revenue_target, fit_score, health_score, four_c_breakdown, key_strengths, ai_summary, scored_at,
    scores_stale, overridden_fields)
SELECT pg_temp.made_id(:seed || 'partner' || n, at), 1 + floor(20 * r1 ^ 3)::int, at, at + r2 * ('2026-11-23' - at),
    pg_temp.pick('{import,import,import,api,manual,application}', r3),
    CASE WHEN r4 < 0.4 THEN 'crm-' || n END,
    name, lower(name),
    CASE WHEN r5 < 0.85 THEN replace(lower(name), ' ', '-') || '-' || n || pg_temp.pick('{.com,.com,.io,.de,.co.uk,.ch}', r6) END,
    CASE WHEN r7 < 0.9 THEN pg_temp.pick('{Software,IT Services,Cybersecurity,Cloud Services,Consulting,Telecommunications,Managed Services,Financial Services,Manufacturing,Healthcare,Retail,Logistics,Energy,Education,Media,Insurance,Public Sector,Automotive,Pharmaceuticals,Construction,Hospitality,Agriculture,Legal Services,Real Estate,Aerospace}', r8, 2) END,
    CASE WHEN r9 < 0.6 THEN name || pg_temp.pick('{" builds and runs business software for mid-sized companies."," secures networks of hospitals and public bodies around the clock."," advises manufacturers on moving their systems to the cloud."," resells and supports hardware and licences across the region."," develops integrations between finance and logistics systems."," trains teams and operates service desks in four languages."}', r10) || ' Founded in ' || 1970 + floor(r11 * 54)::int || ', it works from ' || 1 + floor(r12 * 9)::int || ' offices.' END,
    CASE WHEN r13 < 0.8 THEN least(10000000, floor(exp(4 + 1.8 * g1)))::bigint END,
    CASE WHEN r14 < 0.65 THEN floor(exp(20 + 2 * g1))::bigint END,
    pg_temp.some('{DACH,Nordics,Benelux,UK and Ireland,France,Iberia,Italy,Eastern Europe,North America,Latin America,APAC,Middle East}', r1),
    pg_temp.some('{Managed SOC,Implementation,Training,Support,Integration,Migration,Consulting,Hosting,Development,Audit}', r2),
    pg_temp.some('{Backup,Firewall,ERP,CRM,Data Warehouse,Identity,Monitoring,Storage}', r4),
    pg_temp.some('{en,de,fr,es,it,nl,sv,pl,pt,ja}', r5),
    pg_temp.pick('{reseller,reseller,reseller,services,services,consulting,consulting,technology,technology,channel,referral,strategic}', r6),
    CASE WHEN r7 < 0.3 THEN pg_temp.pick('{MSP,ISV,VAR,Agency,Distributor}', r8) END,
    CASE WHEN r10 < 0.8 THEN pg_temp.pick('{solution,technology,sales}', r11) END,
    CASE WHEN r12 < 0.9 THEN pg_temp.pick('{registered,bronze,silver,gold,platinum}', r15, 2) END,
    at + r15 * ('2026-11-23' - at), coalesce(tag_ids, '{}'),
    pg_temp.pick('{active,active,active,active,active,active,pending,pending,pending,inactive}', r16),
    pg_temp.pick('{prospect,prospect,prospect,onboarding,onboarding,active,active,active,active,scaling,qualified,legal_negotiation,signed,enabled,activated,rejected}', r17),
    at + r17 * ('2026-11-23' - at), r3 < 0.95, CASE WHEN r9 < 0.5 THEN member.id END,
    CASE WHEN n % 3 = 0 THEN pg_temp.made_id(:seed || 'contact' || n || '-1', at) END,
    CASE WHEN r13 < 0.1 THEN '[{"name": "Kim Muster", "role": "CEO", "contact_id": null}]'::jsonb ELSE '[]' END,
    CASE WHEN r14 < 0.15 THEN 'Our platform and the local experience of ' || name || ' shorten projects from months to weeks.' END,
    CASE WHEN r15 < 0.1 THEN name || ' grows steadily; the next step is a joint plan for the coming year.' END,
    CASE WHEN r16 < 0.4 THEN floor(exp(15 + 1.5 * g2))::bigint ELSE 0 END,
    CASE WHEN r17 < 0.35 THEN floor(exp(15 + 1.7 * g3))::bigint ELSE 0 END,
    CASE WHEN r17 < 0.15 THEN floor(exp(13 + 1.7 * g3))::bigint ELSE 0 END,
    CASE WHEN r16 < 0.4 THEN 1 + floor(6 * r1 ^ 3)::int ELSE 0 END,
    CASE WHEN r17 < 0.35 THEN 1 + floor(12 * r2 ^ 3)::int ELSE 0 END,
    CASE WHEN r17 < 0.35 THEN 1 + floor(5 * r2 ^ 3)::int ELSE 0 END,
    CASE WHEN r3 < 0.25 THEN 1000000 * (1 + floor(200 * r4 ^ 3))::bigint END,
    CASE WHEN scored THEN greatest(0, least(100, round(58 + 18 * g2))) END,
    CASE WHEN scored AND r6 < 0.9 THEN greatest(0, least(100, round(52 + 20 * g3))) END,
    CASE WHEN scored THEN jsonb_build_object('capacity', floor(100 * r7), 'capability', floor(100 * r8),
        'commitment', floor(100 * r9), 'customer_alignment', floor(100 * r10)) END,
    CASE WHEN scored THEN pg_temp.some('{Certified engineers,Strong regional coverage,Long customer relationships,Fast growth,Own support desk,Public sector experience}', r11) ELSE '{}' END,
    CASE WHEN scored THEN 'A provider with solid delivery and room to grow in ' || pg_temp.pick('{DACH,the Nordics,Iberia,APAC,North America}', r12) || '.' END,
    CASE WHEN scored THEN '2026-11-01'::timestamptz + r13 * interval '20 days' END,
    scored AND r14 < 0.1,
    CASE WHEN r18 < 0.08 THEN '{industry}'::text[] ELSE '{}' END
FROM (
    -- Most companies have a first word of their own.
    SELECT *, r1 >= 0.3 AS scored, CASE WHEN r18 < 0.2
            THEN pg_temp.pick('{Nordic,Alpine,Blue,Atlas,Delta,Prime,Green,Urban,Summit,Orion,Vertex,Global,Harbor,Silver,Stone,Bright,Quantum,Pacific,Royal,North,Western,Digital,Clear,Apex,Nova,Iron,Swift,Terra,Lumen,Fair,Crystal,Echo,River,Metro,Pioneer,Core,Sky,Zenith,Vector,Maple}', r2)
            ELSE pg_temp.pick('{Ab,Bal,Cor,Dri,El,Fen,Gal,Har,Il,Jun,Kel,Lor,Mar,Nev,Or,Pel,Quin,Ras,Sol,Tam,Ul,Vel,Wes,Xan,Yor,Zel,Bri,Cla,Dor,Fal}', r6)
                || pg_temp.pick('{a,an,ar,e,en,er,i,in,is,o,on,or,u,um,y,ia,ea,io,ou,al}', r7)
                || pg_temp.pick('{bex,cor,dan,fix,gen,hub,kon,lex,mos,nox,pol,que,ris,son,tec,vex,wix,xis,yon,zen,bit,cade,dyne,form,grid,line,mind,nix,port,sys}', r8)
                || pg_temp.pick('{"","","","",a,o,is,us}', r9)
            END
        || ' ' || pg_temp.pick('{Data,Cloud,Systems,Network,Security,Business,Software,Logic,Process,Media,Finance,Health,Energy,Signal,Code,Storage,Mobile,Solutions,Information,Commerce,Analytics,Identity,Automation,Integration,Machine}', r3)
        || ' ' || pg_temp.pick('{Partners,Group,Services,GmbH,AG,Ltd,Inc,Consulting,Labs,Works,Technologies,International,Holding,Experts,Collective,Brothers,Factory,Studio,Union,House}', r4)
        || CASE WHEN r5 < 0.3 THEN ' ' || n ELSE '' END AS name
    FROM dice LEFT JOIN tagged USING (n)
) AS partner, (SELECT id FROM members LIMIT 1) AS member
ORDER BY n;

INSERT INTO partner_tags (tag_id, partner_id)
SELECT pg_temp.made_id(:seed || 'tag' || t, '2024-12-01'), pg_temp.made_id(:seed || 'partner' || n, at)
FROM chosen JOIN dice USING (n);

-- A third of the partners have one to three contacts.
INSERT INTO contacts (id, partner_id, created_at, updated_at, name, email, phone, title)
SELECT pg_temp.made_id(:seed || 'contact' || n || '-' || c, at), pg_temp.made_id(:seed || 'partner' || n, at), at, at,
    pg_temp.pick('{Ann,Ben,Carla,Dan,Eva,Finn,Greta,Hugo,Ines,Jan,Kim,Lea,Max,Nina,Otto,Pia}', r1) || ' '
        || pg_temp.pick('{Lee,Muster,Keller,Rossi,Novak,Smith,Garcia,Jensen,Weber,Dubois,Silva,Tanaka}', r2),
    'person' || c || '@partner-' || n || '.example', '+4144333' || lpad((n % 10000)::text, 4, '0'),
    pg_temp.pick('{CEO,CTO,Partner Manager,Head of Sales,Account Executive}', r3)
FROM dice, generate_series(1, 1 + floor(3 * r4 ^ 2)::int) AS c
WHERE n % 3 = 0;

INSERT INTO partner_overrides (partner_id, field, actor, overridden_at)
SELECT pg_temp.made_id(:seed || 'partner' || n, at), 'industry', '{"type": "system", "id": null, "name": "bench"}', at
FROM dice WHERE r18 < 0.08;

-- Deals of three years around the day of the data, and what they add up to.
INSERT INTO deals (id, created_at, updated_at, partner_id, name, account_name, account_key, status, motion, value, registered_on,
    expected_close_on, expires_on, closed_on)
SELECT pg_temp.made_id(:seed || 'deal' || n || '-' || d, at), at, at, pg_temp.made_id(:seed || 'partner' || n, at), 'Deal ' || d,
    account, lower(account), status, pg_temp.pick('{product,service,other}', die1), floor(exp(14 + 3 * die2))::bigint, registered,
    registered + 90, CASE WHEN status = 'approved' THEN '2027-06-30'::date END,
    CASE WHEN status IN ('won', 'lost') THEN registered + 10 + floor(80 * die1)::int END
FROM (
    SELECT *, pg_temp.pick('{won,won,won,won,lost,lost,approved,approved,submitted,under_review,rejected,expired}', die3) AS status,
        '2024-01-01'::date + floor(1050 * die4)::int AS registered, 'Account ' || floor(20000 * die5)::int AS account
    FROM (
        SELECT n, d, at, random() AS die1, random() AS die2, random() AS die3, random() AS die4, random() AS die5
        FROM dice, generate_series(1, :deals) AS d
    ) AS thrown
) AS deal;
UPDATE partners SET pipeline = sums.pipeline, revenue = sums.revenue, product_revenue = sums.product, active_deals = sums.active,
    closed_deals = sums.closed, customers = sums.customers
FROM (
    SELECT partner_id, coalesce(sum(value) FILTER (WHERE status = 'approved'), 0)::bigint AS pipeline,
        coalesce(sum(value) FILTER (WHERE status = 'won'), 0)::bigint AS revenue,
        coalesce(sum(value) FILTER (WHERE status = 'won' AND motion = 'product'), 0)::bigint AS product,
        count(*) FILTER (WHERE status IN ('submitted', 'under_review', 'approved')) AS active,
        count(*) FILTER (WHERE status = 'won') AS closed, count(DISTINCT account_key) FILTER (WHERE status = 'won') AS customers
    FROM deals WHERE organization_id = :'organization' GROUP BY partner_id
) AS sums
WHERE partners.id = sums.partner_id AND partners.organization_id = :'organization';

-- Every partner came in as a prospect and took one step since. The owner of the tables sees all organizations.
INSERT INTO stage_changes (partner_id, from_stage, to_stage, at, actor)
SELECT id, from_stage, to_stage, moved, '{"type": "system", "id": null, "name": "bench"}'
FROM partners, LATERAL (VALUES (NULL, 'prospect', created_at), ('prospect', stage, stage_changed_at)) AS step (from_stage, to_stage, moved)
WHERE organization_id = :'organization' AND from_stage IS DISTINCT FROM to_stage;
COMMIT;
