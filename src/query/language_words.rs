//! The words of each language that make a sentence and not its topic.

use crate::analysis::Language;

/// The words of a language that say little of a topic, each list with spaces between.
pub(super) struct Lists {
    pub interrogatives: &'static str,
    pub functions: &'static str,
    /// Verbs of saying and thinking, and nouns for what people say.
    pub reporting: &'static str,
    /// Prepositions that make what follows the topic, and articles that may stand between.
    pub about: &'static str,
    pub articles: &'static str,
}

/// The lists of a language; `None` where there are none.
pub(super) const fn lists(language: Language) -> Option<Lists> {
    match language {
        Language::English => Some(ENGLISH),
        Language::French => Some(FRENCH),
        Language::German => Some(GERMAN),
        Language::Spanish => Some(SPANISH),
        Language::Italian => Some(ITALIAN),
        Language::Portuguese => Some(PORTUGUESE),
        Language::Russian => Some(RUSSIAN),
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

const ENGLISH: Lists = Lists {
    interrogatives: "what which who whom whose when where why how do does did is are was were be been am can \
                   could will would shall should may might must has have had",
    functions: "a an the of in on at by for to from with about into onto upon between among after before \
              during through over under above below out up down off and or nor but if then than so such \
              as that this these those there here it its i me my mine you your yours he him his she her \
              hers we us our ours they them their theirs not no any some each every both either neither \
              other another same own only very too also just being having doing because while until \
              against again further once all more most many much few don't doesn't didn't isn't aren't \
              wasn't weren't can't cannot won't wouldn't shouldn't couldn't i'm i've you're it's that's \
              what's please tell",
    reporting: "say says said saying think thinks thought thinking talk talked talking speak speaks spoke \
              spoken speaking mention mentions mentioned mentioning told comment comments commented \
              answer answers answered reply replies replied respond responds responded response stated \
              statement statements claim claims claimed argue argues argued explain explains explained \
              describe describes described discuss discusses discussed believe believes believed opinion \
              opinions view views stance position remark remarks remarked according",
    about: "about regarding concerning on",
    articles: "a an the",
};

const FRENCH: Lists = Lists {
    interrogatives: "que quel quelle quels quelles qui quoi quand où pourquoi comment combien est sont était \
                   étaient est-ce ai as a avons avez ont peut peuvent doit doivent",
    functions: "le la les l un une des du de d au aux à en dans sur sous par pour avec sans chez entre \
              vers et ou mais donc or ni car si comme plus moins ce cet cette ces cela ça il elle ils \
              elles on je tu nous vous me te se lui leur leurs mon ma mes ton ta tes son sa ses notre \
              nos votre vos ne pas y dont",
    reporting: "dit dire disait disent déclare déclaré déclarer parle parler parlé parlait pense penser \
              pensé pensait répond répondre répondu réponse mentionne mentionné explique expliqué \
              expliquer opinion avis position propos déclaration selon",
    about: "sur concernant propos",
    articles: "le la les l un une de du des d",
};

const GERMAN: Lists = Lists {
    interrogatives: "was welche welcher welches welchen wer wen wem wessen wann wo wohin woher warum weshalb \
                   wieso wie ist sind war waren bin hat haben hatte hatten kann können könnte wird werden \
                   wurde wurden soll sollen sollte muss müssen darf dürfen",
    functions: "der die das den dem des ein eine einer eines einem einen und oder aber denn sondern als \
              wenn dass daß ob weil in im an am auf aus bei mit nach von vom zu zum zur über unter vor \
              für durch gegen ohne um ich du er sie es wir ihr mich dich sich uns euch ihm ihn ihnen \
              mein meine dein sein seine ihre unser euer nicht kein keine auch nur noch schon sehr so da \
              hier dort dieser diese dieses",
    reporting: "sagt sagte sagen sagten gesagt meint meinte meinen gemeint denkt dachte denken spricht \
              sprach sprechen gesprochen redet redete reden erklärt erklärte erklären äußert äußerte \
              äußern geäußert antwortet antwortete antworten antwort erwähnt erwähnte erwähnen meinung \
              ansicht haltung aussage aussagen laut",
    about: "über",
    articles: "der die das den dem des ein eine einen einem einer",
};

const SPANISH: Lists = Lists {
    interrogatives: "qué que cuál cual cuáles cuales quién quien quiénes quienes cuándo cuando dónde donde \
                   adónde cómo como cuánto cuanto cuánta cuántos cuantos cuántas es son era eran fue fueron \
                   está están ha han había puede pueden debe deben",
    functions: "el la los las lo un una unos unas de del a al en con sin por para sobre entre desde hasta \
              hacia y e o u pero sino si porque más menos muy también no ni ya yo tú él ella ellos ellas \
              usted ustedes nosotros me te se le les nos mi mis tu tus su sus nuestro nuestra este esta \
              estos estas ese esa eso aquel aquella esto",
    reporting: "dice dijo decir dicho dicen diciendo piensa pensar pensó pensaba opina opinar opinó \
              opinión habla hablar habló hablado menciona mencionó mencionar responde responder \
              respondió respuesta declara declaró explica explicó explicar postura posición según",
    about: "sobre acerca",
    articles: "el la los las un una de del",
};

const ITALIAN: Lists = Lists {
    interrogatives: "che cosa cos quale quali chi quando dove perché come quanto quanta quanti quante è sono \
                   era erano ha hanno ho può possono deve devono",
    functions: "il lo la i gli le l un uno una di del dello della dei degli delle d a al allo alla ai agli \
              alle da dal dalla in nel nella nei con su sul sulla per tra fra e ed o ma se anche non più \
              io tu lui lei noi voi loro mi ti si ci vi suo sua suoi sue mio mia questo questa questi \
              quello quella quelli",
    reporting: "dice disse detto dire dicono pensa pensare pensato pensava parla parlare parlato risponde \
              rispondere risposto risposta dichiara dichiarato spiega spiegato menziona menzionato \
              opinione parere posizione secondo",
    about: "su sul sulla sugli sulle sullo sui riguardo",
    articles: "il lo la i gli le l un una a al alla",
};

const PORTUGUESE: Lists = Lists {
    interrogatives: "que qual quais quem quando onde porque como quanto quanta quantos quantas é são era eram \
                   foi foram está estão tem têm há pode podem deve devem",
    functions: "o a os as um uma uns umas de do da dos das em no na nos nas a ao à aos às com sem por pelo \
              pela para sobre entre até e ou mas se não mais muito também eu tu ele ela eles elas você \
              vocês nós me te se lhe meu minha seu sua seus suas este esta isto esse essa isso aquele \
              aquela",
    reporting: "diz disse dizer dito dizem pensa pensar pensou pensava acha achou fala falar falou \
              responde responder respondeu resposta declara declarou explica explicou menciona mencionou \
              opinião posição segundo",
    about: "sobre acerca",
    articles: "o a os as um uma de do da dos das",
};

const RUSSIAN: Lists = Lists {
    interrogatives: "что какой какая какое какие каков какова каково каковы кто кого кому кем когда где куда \
                   откуда почему зачем как сколько чей чья чьё ли есть был была было были будет будут может \
                   могут",
    functions: "и в во на с со к ко по за из у о об от до для при про без под над между через после перед \
              не ни но а или если то же бы так там тут здесь это этот эта эти тот та те он она оно они я \
              ты мы вы его её ее их ему ей им мне меня нас вас нам вам мой моя наш ваш свой своя себя \
              себе уже еще ещё только также тоже очень чтобы потому",
    reporting: "говорит говорил говорила говорили говорить сказал сказала сказали сказать думает думал \
              думала считает считал считала ответил ответила ответить отвечает ответ упомянул упомянула \
              заявил заявила заявляет рассказал рассказала рассказывает объяснил объяснила мнение \
              позиция словам",
    about: "о об обо про",
    articles: "",
};
