//! The tables as Diesel uses them: without `organization_id`, which the database fills in and adds
//! to every predicate, and without the generated columns of the search. A test compares it with the
//! real schema.

diesel::table! {
    api_keys (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name -> Text,
        prefix -> Text,
        secret_hash -> Bytea,
        scopes -> Array<Text>,
        default_write_mode -> Text,
        allowed_cidrs -> Array<Text>,
        expires_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
        created_by -> Jsonb,
        revoked_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    contacts (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        partner_id -> Uuid,
        name -> Text,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        title -> Nullable<Text>,
        notes -> Nullable<Text>,
    }
}
diesel::table! {
    deals (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        partner_id -> Uuid,
        external_id -> Nullable<Text>,
        name -> Text,
        account_name -> Text,
        account_domain -> Nullable<Text>,
        account_key -> Text,
        account_name_key -> Nullable<Text>,
        account_similar_key -> Nullable<Text>,
        account_site -> Nullable<Text>,
        status -> Text,
        stage -> Nullable<Text>,
        motion -> Text,
        value -> BigInt,
        registered_on -> Date,
        expected_close_on -> Nullable<Date>,
        expires_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        lost_reason -> Nullable<Text>,
        rejection_reason -> Nullable<Text>,
        decided_by -> Nullable<Jsonb>,
        decided_at -> Nullable<Timestamptz>,
        owner_id -> Nullable<Uuid>,
        notes -> Nullable<Text>,
    }
}
diesel::table! {
    event_counters (last_sequence) {
        last_sequence -> BigInt,
    }
}
diesel::table! {
    events (sequence) {
        sequence -> BigInt,
        id -> Uuid,
        #[sql_name = "type"]
        type_ -> Text,
        created_at -> Timestamptz,
        actor -> Jsonb,
        actor_id -> Nullable<Text>,
        subject_type -> Text,
        subject_id -> Text,
        subject_uuid -> Nullable<Uuid>,
        subject_version -> Nullable<BigInt>,
        partner_id -> Nullable<Uuid>,
        data -> Jsonb,
        request_id -> Uuid,
        visible_to -> Nullable<Uuid>,
    }
}
diesel::table! {
    last_changes (subject_type, subject_id) {
        subject_type -> Text,
        subject_id -> Uuid,
        sequence -> BigInt,
        erased -> Bool,
    }
}
diesel::table! {
    idempotency_keys (credential_id, operation, idempotency_key) {
        credential_id -> Uuid,
        operation -> Text,
        idempotency_key -> Text,
        digest -> Bytea,
        status -> Nullable<Integer>,
        headers -> Nullable<Jsonb>,
        body -> Nullable<Bytea>,
        created_at -> Timestamptz,
    }
}
diesel::table! {
    job_items (job_id, index) {
        job_id -> Uuid,
        index -> BigInt,
        #[sql_name = "ref"]
        ref_ -> Nullable<Text>,
        status -> Text,
        resource_id -> Nullable<Text>,
        skipped_fields -> Array<Text>,
        before -> Nullable<Jsonb>,
        after -> Nullable<Jsonb>,
        warnings -> Jsonb,
        problem -> Nullable<Jsonb>,
        action -> Nullable<Text>,
    }
}
diesel::table! {
    jobs (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        #[sql_name = "type"]
        type_ -> Text,
        status -> Text,
        total -> Nullable<BigInt>,
        done -> BigInt,
        succeeded -> BigInt,
        failed -> BigInt,
        skipped -> BigInt,
        dry_run -> Bool,
        actor -> Jsonb,
        actor_id -> Nullable<Text>,
        input -> Jsonb,
        result -> Nullable<Jsonb>,
        problem -> Nullable<Jsonb>,
        started_at -> Nullable<Timestamptz>,
        finished_at -> Nullable<Timestamptz>,
        expires_at -> Timestamptz,
        position -> Nullable<Jsonb>,
        files_expire_at -> Nullable<Timestamptz>,
        file_bytes -> BigInt,
    }
}
diesel::table! {
    members (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        user_id -> Nullable<Uuid>,
        name -> Text,
        email -> Text,
        role -> Text,
        status -> Text,
        last_seen_at -> Nullable<Timestamptz>,
        password_hash -> Nullable<Text>,
        locale -> Text,
        email_notifications -> Bool,
        invitation_hash -> Nullable<Bytea>,
        invitation_expires_at -> Nullable<Timestamptz>,
        invitation_mail_hash -> Nullable<Bytea>,
    }
}
diesel::table! {
    organizations (name) {
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name -> Text,
        currency -> Text,
        fiscal_year_start_month -> Integer,
        timezone -> Text,
        deal_protection_days -> Integer,
        auto_score -> Bool,
        logo_url -> Nullable<Text>,
        shared_domains -> Array<Text>,
    }
}
diesel::table! {
    model_usage (day) {
        day -> Date,
        prompt_tokens -> BigInt,
        completion_tokens -> BigInt,
        requests -> BigInt,
    }
}
diesel::table! {
    partner_overrides (partner_id, field) {
        partner_id -> Uuid,
        field -> Text,
        pending_value -> Nullable<Jsonb>,
        has_pending_value -> Bool,
        actor -> Jsonb,
        overridden_at -> Timestamptz,
    }
}
diesel::table! {
    partner_tags (tag_id, partner_id) {
        tag_id -> Uuid,
        partner_id -> Uuid,
    }
}
diesel::table! {
    partners (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        deleted_at -> Nullable<Timestamptz>,
        created_via -> Text,
        external_id -> Nullable<Text>,
        name -> Text,
        normalised_name -> Text,
        domain -> Nullable<Text>,
        logo_url -> Nullable<Text>,
        logo_source -> Nullable<Text>,
        industry -> Nullable<Text>,
        description -> Nullable<Text>,
        employees -> Nullable<BigInt>,
        company_revenue -> Nullable<BigInt>,
        regions -> Array<Text>,
        services -> Array<Text>,
        products -> Array<Text>,
        languages -> Array<Text>,
        #[sql_name = "type"]
        type_ -> Text,
        subtype -> Nullable<Text>,
        category -> Nullable<Text>,
        tier -> Nullable<Text>,
        tier_source -> Text,
        tier_changed_at -> Nullable<Timestamptz>,
        tier_at_risk_since -> Nullable<Timestamptz>,
        tag_ids -> Array<Uuid>,
        status -> Text,
        stage -> Text,
        stage_changed_at -> Timestamptz,
        in_intelligence -> Bool,
        partner_manager_id -> Nullable<Uuid>,
        primary_contact_id -> Nullable<Uuid>,
        key_stakeholders -> Jsonb,
        joint_value_proposition -> Nullable<Text>,
        executive_summary -> Nullable<Text>,
        pipeline -> BigInt,
        revenue -> BigInt,
        product_revenue -> BigInt,
        active_deals -> BigInt,
        closed_deals -> BigInt,
        customers -> BigInt,
        annual_revenue_target -> Nullable<BigInt>,
        quarterly_weights -> Jsonb,
        fit_score -> Nullable<BigInt>,
        health_score -> Nullable<BigInt>,
        four_c_breakdown -> Nullable<Jsonb>,
        key_strengths -> Array<Text>,
        ai_summary -> Nullable<Text>,
        scored_at -> Nullable<Timestamptz>,
        scores_stale -> Bool,
        scored_profile_version -> Nullable<BigInt>,
        scored_version -> Nullable<BigInt>,
        scored_times -> BigInt,
        overridden_fields -> Array<Text>,
    }
}
diesel::table! {
    ideal_partner_profiles (version) {
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        weights -> Jsonb,
        criteria -> Jsonb,
        narrative -> Nullable<Text>,
    }
}
diesel::table! {
    score_claims (partner_id) {
        partner_id -> Uuid,
        task_id -> Uuid,
        held_until -> Timestamptz,
    }
}
diesel::table! {
    scores (id) {
        id -> Uuid,
        partner_id -> Uuid,
        created_at -> Timestamptz,
        fit_score -> BigInt,
        health_score -> BigInt,
        four_c_breakdown -> Jsonb,
        key_strengths -> Array<Text>,
        ai_summary -> Nullable<Text>,
        evidence -> Jsonb,
        engine -> Text,
        fallback_reason -> Nullable<Text>,
        input_hash -> Text,
    }
}
diesel::table! {
    registrations (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        token_hash -> Nullable<Bytea>,
        organization_name -> Text,
        currency -> Text,
        name -> Text,
        email -> Text,
        password_hash -> Text,
        ip -> Text,
    }
}
diesel::table! {
    password_resets (token_hash) {
        token_hash -> Bytea,
        member_id -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
    }
}
diesel::table! {
    plan_items (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        partner_id -> Uuid,
        kind -> Text,
        title -> Text,
        description -> Nullable<Text>,
        status -> Text,
        quarter -> Nullable<Text>,
        owner_id -> Nullable<Uuid>,
        url -> Nullable<Text>,
        due_on -> Nullable<Date>,
        position -> BigInt,
    }
}
diesel::table! {
    refresh_tokens (token_hash) {
        token_hash -> Bytea,
        session_id -> Uuid,
        replaced_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    revocations (id) {
        id -> Uuid,
        revoked_at -> Timestamptz,
    }
}
diesel::table! {
    schedules (name) {
        name -> Text,
        next_at -> Timestamptz,
    }
}
diesel::table! {
    sessions (id) {
        id -> Uuid,
        member_id -> Uuid,
        user_agent -> Text,
        ip -> Text,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        absolute_expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    stage_changes (id) {
        id -> Uuid,
        partner_id -> Uuid,
        from_stage -> Nullable<Text>,
        to_stage -> Text,
        at -> Timestamptz,
        actor -> Jsonb,
    }
}
diesel::table! {
    tags (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        category -> Text,
        name -> Text,
        color -> Nullable<Text>,
    }
}
diesel::table! {
    tasks (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        kind -> Text,
        payload -> Jsonb,
        actor -> Jsonb,
        role -> Text,
        member_id -> Nullable<Uuid>,
        request_id -> Uuid,
        unique_key -> Nullable<Text>,
        again -> Bool,
        serial_queue -> Nullable<Text>,
        lane -> Text,
        run_at -> Timestamptz,
        attempts -> Integer,
        max_attempts -> Integer,
        lease -> Nullable<Uuid>,
        locked_until -> Nullable<Timestamptz>,
        last_error -> Nullable<Text>,
        died_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    tier_changes (id) {
        id -> Uuid,
        partner_id -> Uuid,
        from_tier -> Nullable<Text>,
        to_tier -> Nullable<Text>,
        at -> Timestamptz,
        source -> Text,
        rules_hash -> Text,
        actor -> Jsonb,
    }
}
diesel::table! {
    tier_policies (version) {
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        mode -> Text,
        evaluate_on -> Array<Text>,
        demotion_grace_days -> Integer,
        evaluated_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    tiers (key) {
        key -> Text,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name -> Text,
        rank -> Integer,
        description -> Nullable<Text>,
        requirement -> Nullable<Jsonb>,
        is_default -> Bool,
        color -> Nullable<Text>,
        id -> Uuid,
        deleted_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    view_defaults (member_id, object) {
        member_id -> Uuid,
        object -> Text,
        view_id -> Uuid,
    }
}
diesel::table! {
    views (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        name -> Text,
        object -> Text,
        filter -> Nullable<Jsonb>,
        #[sql_name = "q"]
        q_ -> Nullable<Text>,
        sort -> Array<Text>,
        #[sql_name = "columns"]
        columns_ -> Array<Text>,
        visibility -> Text,
        owner_id -> Text,
    }
}

diesel::table! {
    application_form_versions (version) {
        version -> BigInt,
        created_at -> Timestamptz,
        replaced_at -> Nullable<Timestamptz>,
        title -> Text,
        intro -> Nullable<Text>,
        is_open -> Bool,
        public_token -> Text,
        questions -> Jsonb,
        agreements -> Jsonb,
    }
}
diesel::table! {
    application_forms (version) {
        version -> BigInt,
        created_at -> Timestamptz,
        public_token -> Text,
    }
}
diesel::table! {
    submissions (id) {
        id -> Uuid,
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        form_version -> BigInt,
        status -> Text,
        answers -> Jsonb,
        agreements -> Jsonb,
        applicant_name -> Nullable<Text>,
        applicant_email -> Nullable<Text>,
        applicant_company -> Nullable<Text>,
        applicant_domain -> Nullable<Text>,
        notes -> Nullable<Text>,
        reviewer_id -> Nullable<Uuid>,
        reviewed_at -> Nullable<Timestamptz>,
        partner_id -> Nullable<Uuid>,
        submitted_at -> Timestamptz,
        receipt -> Text,
        fingerprint -> Binary,
    }
}

diesel::table! {
    notification_deliveries (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        notification_id -> Nullable<Uuid>,
        event_id -> Nullable<Uuid>,
        member_id -> Nullable<Uuid>,
        channel -> Text,
        target -> Text,
        status -> Text,
        attempts -> Integer,
        step -> Integer,
        last_error -> Nullable<Text>,
        next_attempt_at -> Nullable<Timestamptz>,
        #[sql_name = "type"]
        type_ -> Text,
        title -> Text,
        body -> Text,
        subject_type -> Text,
        subject_id -> Text,
        secret -> Nullable<Binary>,
    }
}
diesel::table! {
    notification_settings (version) {
        version -> BigInt,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        member_ids -> Array<Uuid>,
        roles -> Array<Text>,
        slack_channel_ids -> Array<Text>,
        slack_user_ids -> Array<Text>,
        email -> Bool,
    }
}
diesel::table! {
    notifications (id) {
        id -> Uuid,
        created_at -> Timestamptz,
        member_id -> Uuid,
        #[sql_name = "type"]
        type_ -> Text,
        title -> Text,
        body -> Text,
        subject_type -> Text,
        subject_id -> Text,
        event_id -> Uuid,
        read_at -> Nullable<Timestamptz>,
    }
}
diesel::table! {
    slack_integrations (connected_at) {
        bot_token -> Binary,
        workspace -> Text,
        connected_at -> Timestamptz,
    }
}
diesel::table! {
    enrichment_cache (domain, source) {
        domain -> Text,
        source -> Text,
        fetched_at -> Timestamptz,
        findings -> Jsonb,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    api_keys,
    application_form_versions,
    application_forms,
    contacts,
    deals,
    enrichment_cache,
    event_counters,
    events,
    ideal_partner_profiles,
    idempotency_keys,
    job_items,
    jobs,
    members,
    model_usage,
    notification_deliveries,
    notification_settings,
    notifications,
    organizations,
    partner_overrides,
    partner_tags,
    partners,
    password_resets,
    plan_items,
    refresh_tokens,
    registrations,
    revocations,
    schedules,
    score_claims,
    scores,
    sessions,
    slack_integrations,
    stage_changes,
    submissions,
    tags,
    tasks,
    tier_changes,
    tier_policies,
    tiers,
    view_defaults,
    views
);
