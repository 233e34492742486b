//! Properties of an element that its attributes give.

/// Properties of an element that its attributes give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent property of an element")]
pub(crate) struct Marks {
    /// Not shown.
    pub hidden: bool,
    /// Set in bold by its own style.
    pub bold: bool,
    /// Set in italics by its own style.
    pub italic: bool,
    /// Has a class.
    pub classed: bool,
    /// Leads elsewhere.
    pub href: bool,
    /// Named like navigation, adverts or links to other pages.
    pub boilerplate: bool,
    /// Named like readers' comments.
    pub comments: bool,
    /// Named like a caption or a credit.
    pub caption: bool,
    /// Named as a question.
    pub asks: bool,
    /// Named as an answer.
    pub answers: bool,
    /// Named as the page's main content by its role or item property.
    pub main: bool,
}

/// Words that name what is around an article, anywhere in a class.
const BOILERPLATE: &str = " ad ads advert adverts advertisement advertising adsense adslot banner breadcrumb breadcrumbs \
                         consent cookie cookies factbox gdpr infobox masthead menu nav navbar navigation newsletter outbrain pager \
                         paginate pagination popup promo promos promoted recirc recirculation recommended related relatedarticles relatedcontent relatedposts share \
                         sharebar sharing sidebar signup skip social sponsor sponsored subscribe subscription taboola \
                         teaser toolbar tooltip trending widget ";
/// Words that do so unless another word of the class names content.
const WEAK: &str = " footer header meta tags tools ";
const CONTENT: &str = " article body content entry main post story text ";
/// Words that together name a note about the writer.
const AUTHOR: &str = " author authors writer contributor ";
const BOX: &str = " about bio biography box card info profile ";
/// With one of these words, a class says what a page has or lacks, not what the element is.
const ABOUT: &str = " has with no without is js ";
const COMMENTS: &str = " comments commentlist disqus respond ";
/// Words that name comments next to the word for one.
const COMMENT_PARTS: &str = " area container form list reply section thread wrapper ";
const QUESTION: &str = " q question interviewer frage pregunta pergunta domanda vopros ";
const ANSWER: &str = " a answer interviewee antwort respuesta resposta reponse risposta otvet ";
const CAPTION: &str = " caption captions credit credits figcaption photocredit ";

fn listed(list: &str, word: &str) -> bool {
    !word.is_empty()
        && word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && list.contains(&format!(" {word} "))
}

/// Reads one attribute.
pub(crate) fn read(name: &str, value: &str, marks: &mut Marks) {
    match name {
        "class" | "id" => {
            marks.classed |= name == "class";
            for class in value.split_ascii_whitespace().take(32) {
                read_class(class, marks);
            }
        }
        "hidden" => marks.hidden |= !value.eq_ignore_ascii_case("until-found"),
        "aria-hidden" => marks.hidden |= value.eq_ignore_ascii_case("true"),
        "href" => marks.href |= !value.is_empty() && !value.starts_with('#'),
        "style" => read_style(&value.to_ascii_lowercase(), marks),
        "role" => match value.to_ascii_lowercase().as_str() {
            "main" => marks.main = true,
            "navigation" | "complementary" | "contentinfo" | "banner" | "search" | "dialog"
            | "alertdialog" | "menu" | "menubar" | "toolbar" => marks.boilerplate = true,
            _ => {}
        },
        "itemprop" => marks.main |= value.eq_ignore_ascii_case("articleBody"),
        _ => {}
    }
}

fn read_class(class: &str, marks: &mut Marks) {
    let spaced = words(class);
    let any = |list: &str| spaced.split(' ').any(|word| listed(list, word));
    if any(ABOUT) {
        return;
    }
    let about_author = any(AUTHOR) && any(BOX);
    marks.boilerplate |= any(BOILERPLATE) || (any(WEAK) && !any(CONTENT)) || about_author;
    marks.comments |= any(COMMENTS) || (any(" comment ") && any(COMMENT_PARTS));
    marks.caption |= any(CAPTION);
    // A class that names both is of the whole.
    let (asks, answers) = (any(QUESTION), any(ANSWER));
    marks.asks |= asks && !answers;
    marks.answers |= answers && !asks;
}

/// `relatedPosts`, `related-posts` and `related_posts` are all "related posts".
fn words(class: &str) -> String {
    let mut words = String::with_capacity(class.len() + 4);
    let mut lower_before = false;
    for c in class.chars().take(100) {
        if c.is_ascii_uppercase() && lower_before {
            words.push(' ');
        }
        lower_before = c.is_ascii_lowercase();
        words.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    }
    words
}

/// Reads declarations, in lower case.
pub(crate) fn read_style(style: &str, marks: &mut Marks) {
    for declaration in style.split(';') {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let value = value.split('!').next().unwrap_or_default().trim();
        match property.trim() {
            "display" => marks.hidden |= value == "none",
            "visibility" => marks.hidden |= value == "hidden",
            "font-weight" => {
                marks.bold |= matches!(value, "bold" | "bolder")
                    || value.parse::<u16>().is_ok_and(|weight| weight >= 600);
            }
            "font-style" => marks.italic |= value == "italic" || value.starts_with("oblique"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, expect: Marks) {
        let mut marks = Marks::default();
        read(name, value, &mut marks);
        marks.classed = false;
        assert_eq!(marks, expect, "{name}={value:?}");
    }

    #[test]
    fn names_and_styles() {
        let none = Marks::default();
        check("class", "relatedPosts", Marks { boilerplate: true, ..none });
        check("class", "layout has-sidebar", none);
        check("class", "article-header", none);
        check("class", "site-header", Marks { boilerplate: true, ..none });
        check("id", "comments", Marks { comments: true, ..none });
        check("class", "shadow loads", none);
        check("class", "wp-caption-text", Marks { caption: true, ..none });
        check("style", "color:red; Font-Weight: 700", Marks { bold: true, ..none });
        check("style", "DISPLAY:none", Marks { hidden: true, ..none });
        check("class", "qa__question", Marks { asks: true, ..none });
        check("class", "answer", Marks { answers: true, ..none });
        check("class", "question-answer", none);
        check("class", "author-box", Marks { boilerplate: true, ..none });
        check("class", "author-name", none);
        check("href", "#top", none);
        check("role", "main", Marks { main: true, ..none });
    }
}
