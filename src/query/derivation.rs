//! Words of one derivation that the English stemmer leaves apart: `explosion` and `explode`,
//! `violent` and `violence`, `citizen` and `citizenship`. The rules work on stems. They only
//! propose; a proposal counts where the index has it.

/// Two endings that stems of one derivation have, and the least number of bytes before them.
struct Rule(&'static str, &'static str, usize);

const RULES: [Rule; 60] = [
    // Nouns of Latin verbs, whose consonant changes.
    Rule("os", "od", 3),
    Rule("us", "ud", 4),
    Rule("as", "ad", 3),
    Rule("is", "id", 3),
    Rule("ens", "end", 2),
    Rule("miss", "mit", 2),
    Rule("ept", "eiv", 2),
    Rule("ript", "rib", 3),
    Rule("orpt", "orb", 2),
    Rule("umpt", "um", 3),
    Rule("olut", "olv", 1),
    Rule("duct", "duc", 2),
    Rule("truct", "troy", 2),
    Rule("oc", "ok", 4),
    Rule("plic", "pli", 1),
    Rule("if", "ifi", 4),
    Rule("uir", "uisit", 3),
    Rule("quir", "quest", 2),
    // Adjectives and nouns of one root.
    Rule("ent", "enc", 3),
    Rule("ant", "anc", 4),
    Rule("ist", "", 5),
    Rule("ist", "i", 4),
    Rule("ntist", "nc", 3),
    Rule("at", "aci", 5),
    Rule("i", "", 5),
    Rule("eri", "ic", 4),
    Rule("igi", "igion", 2),
    Rule("agi", "agion", 3),
    Rule("cti", "ct", 3),
    Rule("ian", "ia", 3),
    Rule("ish", "", 5),
    Rule("hood", "", 4),
    Rule("ship", "", 4),
    Rule("dom", "", 4),
    Rule("th", "", 4),
    Rule("en", "", 5),
    Rule("er", "", 5),
    Rule("eer", "", 4),
    Rule("ag", "", 5),
    Rule("sag", "se", 1),
    Rule("ari", "ar", 5),
    Rule("ari", "", 5),
    Rule("ori", "", 6),
    Rule("abl", "", 5),
    Rule("ious", "", 5),
    Rule("ic", "", 5),
    // Greek and Latin words of medicine and science.
    Rule("osi", "os", 4),
    Rule("osi", "ost", 4),
    Rule("os", "ost", 5),
    Rule("osi", "ot", 4),
    Rule("iti", "it", 4),
    Rule("ysi", "yz", 3),
    Rule("ysi", "yt", 3),
    Rule("yz", "yt", 3),
    Rule("ma", "mat", 3),
    Rule("m", "mat", 4),
    Rule("ia", "", 4),
    Rule("us", "al", 3),
    Rule("i", "eut", 5),
    Rule("ia", "iac", 4),
];

/// Stems of one derivation that no rule makes alike.
const IRREGULAR: [(&str, &str); 30] = [
    ("advic", "advis"),
    ("believ", "belief"),
    ("choic", "choos"),
    ("dead", "death"),
    ("deep", "depth"),
    ("die", "death"),
    ("gene", "genet"),
    ("grief", "griev"),
    ("hot", "heat"),
    ("high", "height"),
    ("life", "live"),
    ("long", "length"),
    ("lose", "loss"),
    ("pay", "paid"),
    ("polit", "politician"),
    ("poor", "poverti"),
    ("proof", "prove"),
    ("relief", "reliev"),
    ("sale", "sell"),
    ("sold", "sell"),
    ("seiz", "seizur"),
    ("speak", "speech"),
    ("strong", "strength"),
    ("success", "succeed"),
    ("thief", "theft"),
    ("think", "thought"),
    ("weigh", "weight"),
    ("wide", "width"),
    ("young", "youth"),
    ("fail", "failur"),
];

/// Stems that can be of one derivation with an English stem.
pub(crate) fn relatives(stem: &str) -> Vec<String> {
    if !stem.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut relatives = Vec::new();
    for Rule(one, other, least) in &RULES {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(root) = stem.strip_suffix(from)
                && root.len() >= *least
            {
                relatives.push([root, to].concat());
            }
        }
    }
    for (one, other) in IRREGULAR {
        if stem == one {
            relatives.push(other.to_owned());
        } else if stem == other {
            relatives.push(one.to_owned());
        }
    }
    relatives
}

#[cfg(test)]
mod tests {
    use super::relatives;

    fn check(stem: &str, expect: &str, is: bool) {
        assert_eq!(relatives(stem).iter().any(|relative| relative == expect), is, "{stem} {expect}");
        assert_eq!(relatives(expect).iter().any(|relative| relative == stem), is, "{expect} {stem}");
    }

    #[test]
    fn derivations() {
        for (one, other) in [
            ("explos", "explod"),
            ("transmiss", "transmit"),
            ("violent", "violenc"),
            ("terrorist", "terror"),
            ("citizen", "citizenship"),
            ("economi", "econom"),
            ("democrat", "democraci"),
            ("threat", "threaten"),
            ("poor", "poverti"),
            ("diagnosi", "diagnos"),
            ("asthma", "asthmat"),
        ] {
            check(one, other, true);
        }
    }

    #[test]
    fn short_words_that_only_look_alike() {
        for (one, other) in [("numb", "number"), ("mon", "month"), ("show", "shower"), ("mess", "messag")] {
            check(one, other, false);
        }
    }

    #[test]
    fn other_scripts_have_none() {
        assert!(relatives("угроз").is_empty());
        assert!(relatives("2017").is_empty());
    }
}
