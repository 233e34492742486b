//! The language of a document that does not name it.

use whatlang::Lang;

use crate::transcript::Extraction;

/// How much text is looked at, in bytes: detection costs as much as the segmentation of many times
/// that, and is as sure of a page's worth of sentences as of more.
const SAMPLE: usize = 768;
/// How much of one block at most, where there are several to hear.
const PIECE: usize = 128;
/// Over how many blocks the sample is spread, where the first are not too short to fill it.
const SPREAD: usize = 16;
/// Less text than this, in characters, is too little to tell by.
const FEWEST: usize = 60;

/// Words that every English sentence has some of and that are rare in other languages, unlike "a",
/// "in" or "me", which lists of function words made for other ends hold too.
const ENGLISH: [&str; 28] = [
    "the", "of", "and", "to", "that", "it", "you", "with", "this", "have", "not", "they", "but", "what",
    "from", "had", "which", "there", "their", "would", "been", "has", "when", "your", "were", "about",
    "because", "who",
];
/// Of how many words of a sample one is such a word, where it is English: they are a quarter of
/// English text, and below a twentieth of any other.
const ENGLISH_IN: usize = 6;
/// Fewest words that show that a text is English.
const ENGLISH_WORDS: usize = 40;
/// Of how many bytes one may be the first of a letter beyond ASCII, where a text is in no other
/// script.
const BEYOND_ASCII_IN: usize = 20;

/// ISO 639-3 codes and the BCP 47 tags for them.
const TAGS: &str = "afr=af aka=ak amh=am ara=ar aze=az bel=be ben=bn bul=bg cat=ca ces=cs cmn=zh cym=cy dan=da \
                    deu=de ell=el eng=en epo=eo est=et fin=fi fra=fr guj=gu heb=he hin=hi hrv=hr hun=hu hye=hy \
                    ind=id ita=it jav=jv jpn=ja kan=kn kat=ka khm=km kor=ko lat=la lav=lv lit=lt mal=ml mar=mr \
                    mkd=mk mya=my nep=ne nld=nl nob=nb ori=or pan=pa pes=fa pol=pl por=pt ron=ro rus=ru sin=si \
                    slk=sk slv=sl sna=sn spa=es srp=sr swe=sv tam=ta tel=te tgl=tl tha=th tuk=tk tur=tr ukr=uk \
                    urd=ur uzb=uz vie=vi yid=yi zul=zu";

fn tags() -> impl Iterator<Item = (&'static str, &'static str)> {
    TAGS.split(' ').filter_map(|pair| pair.split_once('='))
}

/// Settles the document's language: what it says, as a tag, or what its words show.
pub(crate) fn settle(extraction: &mut Extraction) {
    let stated = tag(&extraction.metadata.language);
    extraction.metadata.language = stated.or_else(|| detect(extraction)).unwrap_or_default();
}

/// A language tag of what a document writes: `en`, `pt_BR`, `eng`, `English`.
fn tag(stated: &str) -> Option<String> {
    let stated = stated.trim().replace('_', "-");
    if stated.is_empty() {
        return None;
    }
    let lower = stated.to_ascii_lowercase();
    let (primary, rest) = lower.split_once('-').map_or((lower.as_str(), ""), |parts| parts);
    if let Some((_, short)) = tags().find(|(long, _)| *long == primary) {
        return Some(short.into());
    }
    let named = tags().find(|(code, _)| {
        Lang::from_code(*code).is_some_and(|lang| lang.eng_name().eq_ignore_ascii_case(&stated))
    });
    if let Some((_, short)) = named {
        return Some(short.into());
    }
    let subtag =
        |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let letters = (2..=3).contains(&primary.len()) && primary.bytes().all(|byte| byte.is_ascii_alphabetic());
    let known =
        letters && (rest.is_empty() || rest.split('-').all(subtag)) && primary != "und" && primary != "xx";
    known.then_some(stated)
}

fn detect(extraction: &Extraction) -> Option<String> {
    let mut sample = String::with_capacity(SAMPLE + PIECE);
    // The middle of a page is less likely to be a menu than its start.
    let first = if extraction.blocks.len() > 20 { extraction.blocks.len() / 10 } else { 0 };
    let piece = PIECE.max(SAMPLE / extraction.blocks.len().max(1));
    // Odd, so that it meets both sides where two take turns.
    let step = (extraction.blocks.len() / SPREAD) | 1;
    let spread = (0..step).flat_map(|offset| extraction.blocks.iter().skip(first + offset).step_by(step));
    for block in spread {
        let text = block.span.of(&extraction.text);
        sample.push_str(text.get(..text.floor_char_boundary(piece)).unwrap_or(text));
        sample.push('\n');
        if sample.len() >= SAMPLE {
            break;
        }
    }
    if is_english(&sample) {
        return Some("en".into());
    }
    let found = whatlang::detect(&sample)?;
    let letters = sample.chars().filter(|c| c.is_alphabetic()).count();
    // A script that one language writes needs fewer letters.
    let enough = letters >= FEWEST
        || matches!(found.lang(), Lang::Cmn | Lang::Jpn | Lang::Kor | Lang::Ell | Lang::Tha);
    (enough && found.is_reliable()).then(|| tag(found.lang().code())).flatten()
}

/// Whether a sample is plainly English. Most transcripts are, and to weigh all languages against
/// each other costs as much as reading some 4 KB of a transcript.
fn is_english(sample: &str) -> bool {
    // A text of several scripts is for the detector, which goes by the one with most letters.
    let beyond = sample.chars().filter(|c| !c.is_ascii() && c.is_alphabetic()).count();
    if beyond * BEYOND_ASCII_IN > sample.len() {
        return false;
    }
    let (mut words, mut english) = (0, 0);
    for word in sample.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        words += 1;
        english += usize::from(ENGLISH.iter().any(|known| word.eq_ignore_ascii_case(known)));
    }
    words >= ENGLISH_WORDS && english * ENGLISH_IN >= words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::charset::decoding;
    use crate::extraction::text::plain;

    fn check(text: &str, stated: &str, expect: &str) {
        let mut extraction = plain::extract(decoding::decode(text.as_bytes(), None).unwrap());
        extraction.metadata.language = stated.into();
        settle(&mut extraction);
        assert_eq!(extraction.metadata.language, expect, "{stated} {text}");
    }

    #[test]
    fn stated_or_detected() {
        let english = "Could you tell us how the talks went, and whether the parties will come together again this year?";
        check(english, "", "en");
        check(english, "pt_BR", "pt-BR");
        check(english, "German", "de");
        check(english, "eng", "en");
        check(english, "??", "en");
        check(
            "Скажите, пожалуйста, как прошли переговоры и будут ли стороны встречаться ещё раз в этом году?",
            "",
            "ru",
        );
        check("请您谈谈这次会议的情况，以及各方今年是否还会再次会面。", "", "zh");
        check("Ok.", "", "");
        // Words that are English too do not make it English.
        let dutch = "Wat had je met hem te doen, of was het toen al te laat om met die man over dat huis te praten? \
                     Ik had niet gedacht dat de gemeente ons zou helpen, maar het is toch gelukt en we zijn blij.";
        check(dutch, "", "nl");
        check(&format!("{english} {dutch} {dutch}"), "", "nl");
        // Nor does a page of which less than half is English.
        let short_words = "It was up to us to do it, and they had to go to the end of it. ".repeat(3);
        let chinese = "请您谈谈这次会议的情况以及各方今年是否还会再次会面。".repeat(12);
        check(&format!("{short_words}{chinese}"), "", "zh");
        let short =
            "Yes.\n\nWhen was that?\n\nLast year, I think.\n\nWhat happened then?\n\nNothing at all.\n\n";
        check(&short.repeat(100), "", "en");
    }
}
