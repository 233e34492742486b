//! What is looked up is what analysing the whole text would tell, in every language.

use proptest::prelude::*;
use tempfile::TempDir;

use crate::analysis::Language;
use crate::engine::PageRequest;
use crate::local::index::DocumentEntry;
use crate::local::index::ExchangeEntry;
use crate::local::index::Index;
use crate::local::index::Settings;
use crate::local::search::Highlighter;
use crate::local::search::search;
use crate::query::Filter;
use crate::query::Query;
use crate::query::Ranking;
use crate::span::TextSpan;
use crate::transcript::Metadata;

/// A sentence of each language, with what its analysis has to do: stems, accents, compounds,
/// elisions, pairs of characters.
const SENTENCES: [(&str, &str); 23] = [
    ("ar", "قال الوزير إنّ المفاوضات في العاصمة كانت صعبة، والمفاوضون متعبون."),
    ("da", "Forhandlingerne om havnen blev afbrudt, og forhandlerne rejste hjem i går."),
    ("nl", "De onderhandelingen over de haven-uitbreiding werden afgebroken."),
    (
        "en",
        "The cease-fire talks in St. Petersburg were broken off; \u{201C}we talked\u{201D}, he said, at 3.30 o\u{2019}clock.",
    ),
    ("fi", "Neuvottelut satamasta keskeytyivät, ja neuvottelijat lähtivät kotiin."),
    (
        "fr",
        "L\u{2019}économie d'aujourd\u{2019}hui, c\u{2019}est-à-dire l'économie numérique, n'a plus de frontières.",
    ),
    ("de", "Die Verhandlungen über den Hafenausbau in Köln wurden abgebrochen; Straße und Strasse."),
    ("el", "Οι διαπραγματεύσεις για το λιμάνι διακόπηκαν χθες το βράδυ."),
    ("hu", "A kikötőről szóló tárgyalások megszakadtak, a tárgyalók hazautaztak."),
    ("it", "L'economia dell\u{2019}isola è ferma: l'accordo sull'energia non c'è."),
    ("no", "Forhandlingene om havnen ble avbrutt, og forhandlerne dro hjem."),
    ("pt", "As negociações sobre a ampliação do porto foram interrompidas ontem."),
    ("ro", "Negocierile despre portul Constanța au fost întrerupte ieri seară."),
    ("ru", "Переговоры о сирийском порту прерваны; счёт открыт, что-то ещё будет."),
    ("es", "Las negociaciones sobre la ampliación del puerto se interrumpieron ayer."),
    ("sv", "Förhandlingarna om hamnen avbröts, och förhandlarna åkte hem."),
    ("ta", "துறைமுகம் பற்றிய பேச்சுவார்த்தைகள் நேற்று நிறுத்தப்பட்டன."),
    ("tr", "Liman görüşmeleri dün akşam kesildi; görüşmeciler İstanbul'a döndü."),
    ("zh", "关于港口扩建的谈判昨晚中断，双方代表已经回国。谈判在2017年开始！"),
    ("ja", "港の拡張についての交渉は昨夜、中断された。交渉団はＡＢＣ社へ帰った。"),
    ("ko", "항구 확장에 관한 협상이 어젯밤 중단되었다. 2017년 협상."),
    ("th", "การเจรจาเรื่องท่าเรือหยุดลงเมื่อคืนนี้ การเจรจาจะเริ่มใหม่"),
    ("kk", "Порт туралы келіссөздер кеше тоқтатылды, келіссөз жүргізушілер қайтты."),
];

/// Asks for `queries` of one exchange in `language`; each hit's highlights must be those of the
/// whole analysis. Returns how many there were.
fn check(language: &str, question: &str, answer: &str, windows: &[TextSpan], queries: &[String]) -> usize {
    let folder = TempDir::new().unwrap();
    let index = Index::open(folder.path(), &Settings::default()).unwrap();
    let metadata = Metadata { language: language.to_owned(), ..Metadata::default() };
    let exchange = ExchangeEntry { question, answer, speaker: "", asker: "", windows: windows.to_vec() };
    let mut writer = index.writer().unwrap();
    DocumentEntry { document_id: "d", metadata: &metadata, exchanges: vec![exchange] }.write(&mut writer);
    writer.commit(1).unwrap();
    let searcher = index.searcher();
    let (filter, mut highlights) = (Filter::default(), 0);
    for text in queries {
        let Ok(query) = Query::parse(text) else { continue };
        let request = PageRequest::new(&filter, 10);
        let mut found = search(&searcher, &query, &request, &Ranking::default()).unwrap();
        let whole = Highlighter::new(&searcher, &query, &Ranking::default()).unwrap();
        for hit in found.results.iter().map(|result| &result.hit) {
            let shown = windows.get(hit.window as usize).map_or(answer, |window| window.of(answer));
            let looked_up = found.highlighter.of_hit(&searcher, hit.key, language, [question, shown]);
            let expect = [question, shown].map(|text| whole.spans(language, text));
            assert_eq!(looked_up, expect, "{text:?} in {language}");
            highlights += expect.iter().map(Vec::len).sum::<usize>();
        }
    }
    highlights
}

/// Single words of a text, its pairs and triples as phrases, and its words with signs.
fn queries_of(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split([' ', '，', '。', '、']).filter(|word| !word.is_empty()).collect();
    let mut queries: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    for size in 2..=3 {
        queries.extend(words.windows(size).map(|run| format!("\"{}\"", run.join(" "))));
        queries.extend(words.windows(size).map(|run| run.join(" ")));
    }
    queries.extend(words.windows(2).map(|pair| format!("+{} -never {}", pair[0], pair[1])));
    queries
}

#[test]
fn highlights_are_those_of_the_whole_analysis_in_every_language() {
    let mut languages: Vec<Language> = SENTENCES.iter().map(|(tag, _)| Language::from_tag(tag)).collect();
    languages.sort_unstable();
    languages.dedup();
    assert_eq!(languages.len(), Language::ALL.len(), "every language has a sentence");
    for (language, sentence) in SENTENCES {
        let answer = format!("{sentence} {sentence}\n\n{sentence}");
        let cut = sentence.len() + 1;
        let windows = [TextSpan::new(0, cut), TextSpan::new(cut, answer.len())];
        let highlights = check(language, sentence, &answer, &windows, &queries_of(sentence));
        assert!(highlights > 20, "{language}: {highlights}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn highlights_are_those_of_the_whole_analysis_of_any_text(
        pieces in prop::collection::vec(
            prop_oneof![
                "[a-d]{1,2}",
                "[а-гё]{1,2}",
                "[\u{4E00}-\u{4E03}\u{AC00}]{1,3}",
                "[éß]",
                "[-'., \u{2019}\u{AD}\u{200D}\u{301}\u{202F}\u{FF0C}\u{3002}]",
                "\\PC",
                Just(" ".to_owned()),
            ],
            1..40,
        ),
        language in prop_oneof![Just("en"), Just("fr"), Just("ru"), Just("zh")],
    ) {
        let text = pieces.concat();
        check(language, "", &text, &[], &queries_of(&text));
    }
}
