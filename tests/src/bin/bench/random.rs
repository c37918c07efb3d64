//! Requests as people stack, type and sort them, at random: the same seed makes the same ones. At
//! most 100 of a kind, because pgbench takes 128 scripts.

/// Requests of each kind.
const COUNT: usize = 100;

/// Numbers that look random (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n as u64) as usize
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// One or two of a list.
    fn some(&mut self, all: &[&str]) -> String {
        let one = self.of(all);
        if self.below(2) == 0 { one.to_owned() } else { format!("{one},{}", self.of(all)) }
    }
}

const SORTS: [&str; 8] = [
    "fit_score",
    "health_score",
    "revenue",
    "pipeline",
    "name",
    "employees",
    "created_at",
    "updated_at",
];

/// Two to five conditions of the filter bar under a sort of either direction.
pub fn stacks(tags: &[String], seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let types =
        ["reseller", "services", "consulting", "technology", "channel", "referral", "strategic"];
    let stages = ["prospect", "onboarding", "active", "scaling", "qualified", "signed", "rejected"];
    let tiers = ["registered", "bronze", "silver", "gold", "platinum"];
    let stack = |_| {
        let mut kinds: Vec<usize> = (0..9).collect();
        let mut conditions = Vec::new();
        for _ in 0..2 + dice.below(4) {
            let kind = kinds.remove(dice.below(kinds.len()));
            let not = if dice.below(5) == 0 { "_not" } else { "" };
            conditions.push(match kind {
                0 => format!("type{not}={}", dice.some(&types)),
                1 => format!("stage{not}={}", dice.some(&stages)),
                2 => format!("tier{not}={}", dice.some(&tiers)),
                3 => format!("status{not}={}", dice.some(&["active", "inactive", "pending"])),
                4 => format!("category{not}={}", dice.some(&["solution", "technology", "sales"])),
                5 => format!("tag_ids={}", tags[dice.below(tags.len())]),
                6 => format!("fit_score_gte={}", 10 * dice.below(10)),
                7 => format!("health_score_lt={}", 10 * (1 + dice.below(9))),
                _ => format!("revenue_gt={}", 10_usize.pow(5 + dice.below(4) as u32)),
            });
        }
        let sign = if dice.below(2) == 0 { "-" } else { "" };
        format!("/v1/partners?{}&sort={sign}{}&limit=50", conditions.join("&"), dice.of(&SORTS))
    };
    (0..COUNT).map(stack).collect()
}

/// Beginnings of names of the data, words in another order, and words with a slip.
pub fn needles(seed: u64) -> Vec<String> {
    let mut dice = Dice(seed);
    let firsts = ["Bal", "Cor", "Kel", "Xan", "Zel", "Nordic", "Quantum", "Maple", "Vel", "Tam"];
    let middles = ["or", "en", "um", "is", "ia"];
    let ends = ["bex", "tec", "dyne", "form", "kona", "nix", "port"];
    let seconds = ["Data", "Cloud", "Systems", "Security", "Integration", "Energy", "Media"];
    let needle = |_| {
        let first = format!("{}{}{}", dice.of(&firsts), dice.of(&middles), dice.of(&ends));
        let second = dice.of(&seconds);
        let text = match dice.below(5) {
            0 => first[..1 + dice.below(3)].to_owned(),
            1 => first,
            2 => format!("{second} {first}"),
            3 => second[..3 + dice.below(second.len() - 2)].to_owned(),
            _ => {
                let at = 1 + dice.below(first.len() - 2);
                format!("{}{} {second}", &first[..at], &first[at + 1..])
            }
        };
        format!("/v1/partners?q={}&limit=10", text.replace(' ', "%20"))
    };
    (0..COUNT).map(needle).collect()
}

/// Every sort that has an index, in both directions.
pub fn sorts() -> Vec<String> {
    let page = |sort: &&str| format!("/v1/partners?sort={sort}&limit=50");
    let backwards: Vec<String> = SORTS.iter().map(|sort| format!("-{sort}")).collect();
    SORTS.iter().map(page).chain(backwards.iter().map(|sort| page(&sort.as_str()))).collect()
}
