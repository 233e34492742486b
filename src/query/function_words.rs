//! Words that make a sentence and not its topic: interrogatives and function words. They say little
//! about what is wanted, and count less.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use unicode_segmentation::UnicodeSegmentation;

use crate::analysis::Language;

/// The role of a word in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// It makes a question: an interrogative or an auxiliary verb.
    Interrogative,
    /// It holds the sentence together: an article, preposition, conjunction or pronoun.
    Function,
    /// It names something: any word that is on no list.
    Topic,
    /// It is the name of a nation in several words, which count one by one, too.
    Name,
}

impl Role {
    /// Whether it is about the topic of the query.
    pub(crate) const fn is_topical(self) -> bool {
        matches!(self, Self::Topic | Self::Name)
    }
}

/// The role of a lower-cased word in a language; a topic where the language is unknown.
pub(crate) fn role(word: &str, language: Option<Language>) -> Role {
    let role = language.and_then(|language| ROLES.get(&(language, word)));
    role.copied().unwrap_or(Role::Topic)
}

/// Whether a lower-cased word of a language is about saying and not about what is said: a verb of
/// saying or thinking, or a noun for what people say.
pub(crate) fn is_reporting(word: &str, language: Option<Language>) -> bool {
    language.is_some_and(|language| words(reporting(language)).any(|known| known == word))
}

/// Whether a text looks like a question: it has a question mark, or begins with an interrogative.
pub(crate) fn looks_like_question(text: &str, language: Language) -> bool {
    /// Of Latin, Cyrillic and Greek scripts, of Chinese and Japanese, and of Arabic.
    const MARKS: [char; 4] = ['?', '\u{37E}', '\u{FF1F}', '\u{61F}'];
    let begins = || {
        let first = text.unicode_words().next().map(str::to_lowercase);
        first.is_some_and(|first| role(&first, Some(language)) == Role::Interrogative)
    };
    text.contains(MARKS) || begins()
}

/// Marks, in the words of a query in their order, those that a preposition such as "about" makes the
/// topic: the words after it, up to a function word that is no article.
pub(crate) fn after_about(words: &[String], language: Option<Language>) -> Vec<bool> {
    let Some(language) = language else { return vec![false; words.len()] };
    let (prepositions, articles) = about(language);
    let mut about = false;
    let mark = |word: &String| {
        let before = about;
        if self::words(prepositions).any(|known| known == word) {
            about = true;
        } else if role(word, Some(language)) != Role::Topic || is_reporting(word, Some(language)) {
            about &= self::words(articles).any(|known| known == word);
        }
        before && about
    };
    words.iter().map(mark).collect()
}

fn words(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split_ascii_whitespace()
}

/// The language of a query among those of the index, which are given the commonest first: the one
/// that has most of the query's words on its list of function words. A single word is evidence for
/// the commonest language only: `die` and `war` are in English queries, too.
pub(crate) fn language_of(text: &str, languages: &[Language]) -> Option<Language> {
    let words: Vec<String> = text.unicode_words().map(str::to_lowercase).collect();
    let count = |language: Language| {
        words.iter().filter(|word| ROLES.contains_key(&(language, word.as_str()))).count()
    };
    let counted = languages.iter().enumerate().map(|(rank, language)| (count(*language), rank, *language));
    let best = counted.max_by_key(|(count, rank, _)| (*count, std::cmp::Reverse(*rank)));
    best.filter(|(count, rank, _)| *count > 1 || (*count == 1 && *rank == 0)).map(|(.., language)| language)
}

static ROLES: LazyLock<BTreeMap<(Language, &'static str), Role>> = LazyLock::new(|| {
    let mut roles = BTreeMap::new();
    for language in Language::ALL {
        let Some((interrogatives, functions)) = lists(language) else { continue };
        roles.extend(functions.split_ascii_whitespace().map(|word| ((language, word), Role::Function)));
        roles.extend(
            interrogatives.split_ascii_whitespace().map(|word| ((language, word), Role::Interrogative)),
        );
    }
    roles
});

/// Interrogatives and function words of a language.
const fn lists(language: Language) -> Option<(&'static str, &'static str)> {
    match language {
        Language::English => Some((
            "what which who whom whose when where why how do does did is are was were be been am can could \
             will would shall should may might must has have had",
            "a an the of in on at by for to from with about into onto upon between among after before during \
             through over under above below out up down off and or nor but if then than so such as that this \
             these those there here it its i me my mine you your yours he him his she her hers we us our ours \
             they them their theirs not no any some each every both either neither other another same own \
             only very too also just being having doing because while until against again further once all \
             more most many much few don't doesn't didn't isn't aren't wasn't weren't can't cannot won't wouldn't \
             shouldn't couldn't i'm i've you're it's that's what's please tell",
        )),
        Language::French => Some((
            "que quel quelle quels quelles qui quoi quand où pourquoi comment combien est sont était étaient \
             est-ce ai as a avons avez ont peut peuvent doit doivent",
            "le la les l un une des du de d au aux à en dans sur sous par pour avec sans chez entre vers et ou \
             mais donc or ni car si comme plus moins ce cet cette ces cela ça il elle ils elles on je tu nous \
             vous me te se lui leur leurs mon ma mes ton ta tes son sa ses notre nos votre vos ne pas y dont",
        )),
        Language::German => Some((
            "was welche welcher welches welchen wer wen wem wessen wann wo wohin woher warum weshalb wieso wie \
             ist sind war waren bin hat haben hatte hatten kann können könnte wird werden wurde wurden soll \
             sollen sollte muss müssen darf dürfen",
            "der die das den dem des ein eine einer eines einem einen und oder aber denn sondern als wenn dass \
             daß ob weil in im an am auf aus bei mit nach von vom zu zum zur über unter vor für durch gegen \
             ohne um ich du er sie es wir ihr mich dich sich uns euch ihm ihn ihnen mein meine dein sein seine \
             ihre unser euer nicht kein keine auch nur noch schon sehr so da hier dort dieser diese dieses",
        )),
        Language::Spanish => Some((
            "qué que cuál cual cuáles cuales quién quien quiénes quienes cuándo cuando dónde donde adónde cómo \
             como cuánto cuanto cuánta cuántos cuantos cuántas es son era eran fue fueron está están ha han \
             había puede pueden debe deben",
            "el la los las lo un una unos unas de del a al en con sin por para sobre entre desde hasta hacia \
             y e o u pero sino si porque más menos muy también no ni ya yo tú él ella ellos ellas usted ustedes \
             nosotros me te se le les nos mi mis tu tus su sus nuestro nuestra este esta estos estas ese esa \
             eso aquel aquella esto",
        )),
        Language::Italian => Some((
            "che cosa cos quale quali chi quando dove perché come quanto quanta quanti quante è sono era erano \
             ha hanno ho può possono deve devono",
            "il lo la i gli le l un uno una di del dello della dei degli delle d a al allo alla ai agli alle da \
             dal dalla in nel nella nei con su sul sulla per tra fra e ed o ma se anche non più io tu lui lei \
             noi voi loro mi ti si ci vi suo sua suoi sue mio mia questo questa questi quello quella quelli",
        )),
        Language::Portuguese => Some((
            "que qual quais quem quando onde porque como quanto quanta quantos quantas é são era eram foi foram \
             está estão tem têm há pode podem deve devem",
            "o a os as um uma uns umas de do da dos das em no na nos nas a ao à aos às com sem por pelo pela \
             para sobre entre até e ou mas se não mais muito também eu tu ele ela eles elas você vocês nós me \
             te se lhe meu minha seu sua seus suas este esta isto esse essa isso aquele aquela",
        )),
        Language::Russian => Some((
            "что какой какая какое какие каков какова каково каковы кто кого кому кем когда где куда откуда \
             почему зачем как сколько чей чья чьё ли есть был была было были будет будут может могут",
            "и в во на с со к ко по за из у о об от до для при про без под над между через после перед не ни но \
             а или если то же бы так там тут здесь это этот эта эти тот та те он она оно они я ты мы вы его её \
             ее их ему ей им мне меня нас вас нам вам мой моя наш ваш свой своя себя себе уже еще ещё только \
             также тоже очень чтобы потому",
        )),
        Language::Other
        | Language::Arabic
        | Language::Danish
        | Language::Dutch
        | Language::Finnish
        | Language::Greek
        | Language::Hungarian
        | Language::Norwegian
        | Language::Romanian
        | Language::Swedish
        | Language::Tamil
        | Language::Turkish => None,
    }
}

/// Verbs of saying and thinking, and nouns for what people say.
const fn reporting(language: Language) -> &'static str {
    match language {
        Language::English => {
            "say says said saying think thinks thought thinking talk talked talking speak speaks spoke \
             spoken speaking mention mentions mentioned mentioning told comment comments commented answer \
             answers answered reply replies replied respond responds responded response stated statement \
             statements claim claims claimed argue argues argued explain explains explained describe describes \
             described discuss discusses discussed believe believes believed opinion opinions view views \
             stance position remark remarks remarked according"
        }
        Language::French => {
            "dit dire disait disent déclare déclaré déclarer parle parler parlé parlait pense penser pensé \
             pensait répond répondre répondu réponse mentionne mentionné explique expliqué expliquer opinion \
             avis position propos déclaration selon"
        }
        Language::German => {
            "sagt sagte sagen sagten gesagt meint meinte meinen gemeint denkt dachte denken spricht sprach \
             sprechen gesprochen redet redete reden erklärt erklärte erklären äußert äußerte äußern geäußert \
             antwortet antwortete antworten antwort erwähnt erwähnte erwähnen meinung ansicht haltung aussage \
             aussagen laut"
        }
        Language::Spanish => {
            "dice dijo decir dicho dicen diciendo piensa pensar pensó pensaba opina opinar opinó opinión habla \
             hablar habló hablado menciona mencionó mencionar responde responder respondió respuesta declara \
             declaró explica explicó explicar postura posición según"
        }
        Language::Italian => {
            "dice disse detto dire dicono pensa pensare pensato pensava parla parlare parlato risponde \
             rispondere risposto risposta dichiara dichiarato spiega spiegato menziona menzionato opinione \
             parere posizione secondo"
        }
        Language::Portuguese => {
            "diz disse dizer dito dizem pensa pensar pensou pensava acha achou fala falar falou responde \
             responder respondeu resposta declara declarou explica explicou menciona mencionou opinião posição \
             segundo"
        }
        Language::Russian => {
            "говорит говорил говорила говорили говорить сказал сказала сказали сказать думает думал думала \
             считает считал считала ответил ответила ответить отвечает ответ упомянул упомянула заявил заявила \
             заявляет рассказал рассказала рассказывает объяснил объяснила мнение позиция словам"
        }
        Language::Other
        | Language::Arabic
        | Language::Danish
        | Language::Dutch
        | Language::Finnish
        | Language::Greek
        | Language::Hungarian
        | Language::Norwegian
        | Language::Romanian
        | Language::Swedish
        | Language::Tamil
        | Language::Turkish => "",
    }
}

/// Prepositions that make what follows the topic, and articles that may stand between.
const fn about(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::English => ("about regarding concerning on", "a an the"),
        Language::French => ("sur concernant propos", "le la les l un une de du des d"),
        Language::German => ("über", "der die das den dem des ein eine einen einem einer"),
        Language::Spanish => ("sobre acerca", "el la los las un una de del"),
        Language::Italian => {
            ("su sul sulla sugli sulle sullo sui riguardo", "il lo la i gli le l un una a al alla")
        }
        Language::Portuguese => ("sobre acerca", "o a os as um uma de do da dos das"),
        Language::Russian => ("о об обо про", ""),
        Language::Other
        | Language::Arabic
        | Language::Danish
        | Language::Dutch
        | Language::Finnish
        | Language::Greek
        | Language::Hungarian
        | Language::Norwegian
        | Language::Romanian
        | Language::Swedish
        | Language::Tamil
        | Language::Turkish => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::Role;
    use super::language_of;
    use super::role;
    use crate::analysis::Language;

    fn check(word: &str, language: Option<Language>, expect: Role) {
        assert_eq!(role(word, language), expect, "{word} {language:?}");
    }

    #[test]
    fn roles() {
        check("what", Some(Language::English), Role::Interrogative);
        check("of", Some(Language::English), Role::Function);
        check("threats", Some(Language::English), Role::Topic);
        check("what", Some(Language::Russian), Role::Topic);
        check("что", Some(Language::Russian), Role::Interrogative);
        check("what", None, Role::Topic);
    }

    #[test]
    fn languages_of_queries() {
        let both = [Language::English, Language::German];
        assert_eq!(language_of("what is the cause of war", &both), Some(Language::English));
        assert_eq!(language_of("was sagt die Regierung zu den Preisen", &both), Some(Language::German));
        assert_eq!(language_of("war crimes", &both), None);
        assert_eq!(language_of("the war", &both), Some(Language::English));
        assert_eq!(language_of("what", &[]), None);
    }
}
