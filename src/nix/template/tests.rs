//! Rendering and proving, from the outside.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::nix::{RelativePath, Value, format, parse};

fn load(source: &str) -> (Templates, Vec<Fault>) {
    Templates::new([("t.nix.j2".to_owned(), source.to_owned())])
}

fn rendered<S: Serialize>(source: &str, context: S) -> String {
    let (templates, faults) = load(source);
    assert_eq!(faults, [], "{source}");
    templates.render("t.nix.j2", &context).unwrap()
}

fn formatted<S: Serialize>(source: &str, context: S) -> String {
    let text = rendered(source, context);
    format(&text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

/// The message of the one fault, and the text that it points at.
fn refused(source: &str) -> (String, String) {
    let (templates, faults) = load(source);
    let [fault] = &faults[..] else { panic!("{source}: {faults:?}") };
    assert!(templates.render("t.nix.j2", &json!({})).is_err(), "a template with faults is not used");
    (fault.message.clone(), source[fault.range.0..fault.range.1].to_owned())
}

fn failed<S: Serialize>(source: &str, context: S) -> Fault {
    let (templates, faults) = load(source);
    assert_eq!(faults, [], "{source}");
    templates.render("t.nix.j2", &context).unwrap_err()
}

#[test]
fn holes_print_nix() {
    let context = json!({ "s": "a\"${b}''\n", "i": -5, "f": 0.5, "t": true, "n": null, "l": [1, -2, "x"], "m": { "b c": -1, "a": {} } });
    assert_eq!(rendered("{{ s }}", &context), r#" "a\"\${b}''\n" "#);
    assert_eq!(rendered("{{i}}{{f}}{{t}}{{n}}", &context), " (-5)  0.5  true  null ");
    assert_eq!(rendered("{{ l }}", &context), " [ 1 (-2) \"x\" ] ");
    assert_eq!(rendered("{{ m }}", &context), " { a = { }; \"b c\" = -1; } ");
    assert_eq!(
        formatted("{ a = f {{ i }} [ {{ i }} {{ s }} ]; }", &context),
        "{\n  a = f (-5) [\n    (-5)\n    \"a\\\"\\${b}''\\n\"\n  ];\n}\n"
    );
    assert_eq!(formatted("\"${ {{ s }} }\"", json!({ "s": "x" })), "\"${\"x\"}\"\n");
    assert_eq!(
        rendered("{{ \"http://\" ~ host ~ \":\" ~ port }}", json!({ "host": "a", "port": 80 })),
        " \"http://a:80\" "
    );
}

#[test]
fn names_and_comments() {
    let source = "{{ why | comment }}{ services.{{ name | attr }}.enable = true; inherit (a) {{ name | attr }}; }";
    let text = formatted(source, json!({ "name": "a b", "why": "one\n*/ two" }));
    assert_eq!(text, "# one\n# */ two\n{\n  services.\"a b\".enable = true;\n  inherit (a) \"a b\";\n}\n");
    assert_eq!(rendered("a.{{ n | attr }}", json!({ "n": 80 })), "a. \"80\" ");
    let fault = failed("[ {{ [n | attr] }} ]", json!({ "n": "a" }));
    assert_eq!(fault.message, "an attribute name stands in a value");
    let fault = failed("{{ n | attr }}", json!({ "n": [1] }));
    assert_eq!(fault.message, "a string is expected, not a sequence");
}

#[derive(Serialize)]
struct Context {
    path: RelativePath,
    nested: BTreeMap<String, Vec<Option<RelativePath>>>,
    value: Value,
    shared: Shared,
    body: Fragment,
}

#[test]
fn paths_and_fragments_stay_what_they_are() {
    let path = RelativePath::new("../facts/a b.json").unwrap();
    let context = Context {
        path: path.clone(),
        nested: BTreeMap::from([("x".to_owned(), vec![Some(path.clone()), None])]),
        value: Value::attrs([("p", path.clone())]),
        shared: share(&BTreeMap::from([("path", path)])),
        body: Fragment::new("a = 1;"),
    };
    let literal = "(../. + \"/facts/a b.json\")";
    assert_eq!(rendered("{{ path }}", &context), format!(" {literal} "));
    assert_eq!(rendered("{{ nested }}", &context), format!(" {{ x = [ {literal} null ]; }} "));
    assert_eq!(rendered("{{ value }}", &context), " { p = ../. + \"/facts/a b.json\"; } ");
    assert_eq!(rendered("{{ shared.path }}{{ shared.path }}", &context), format!(" {literal}  {literal} "));
    assert_eq!(rendered("{ {{ body }}}", &context), "{ a = 1;\n}");
    assert_eq!(rendered("{{ path ~ \"x\" }}{{ body | string }}", &context), " \"../facts/a b.jsonx\"  \"a = 1;\" ");
    assert_eq!(serde_json::to_string(&context.value).unwrap(), r#"{"p":"../facts/a b.json"}"#);
}

#[test]
fn loops_are_in_order() {
    #[derive(Serialize)]
    struct Fields {
        z: u8,
        a: u8,
    }
    let map = json!({ "map": { "b": 1, "a": 2 } });
    assert_eq!(rendered("{% for k, v in map | items %}{{ k }}{{ v }}{% endfor %}", &map), " \"a\"  2  \"b\"  1 ");
    assert_eq!(rendered("{% for k, v in map | dictsort %}{{ k }}{% endfor %}", &map), " \"a\"  \"b\" ");
    assert_eq!(rendered("{% for k in map %}{{ k }}{% endfor %}", &map), " \"a\"  \"b\" ");
    assert_eq!(rendered("{{ s }}", json!({ "s": 1 })), " 1 ");
    assert_eq!(rendered("{{ s }}", BTreeMap::from([("s", Fields { z: 1, a: 2 })])), " { z = 1; a = 2; } ");
    let source =
        "{% for i in range(9) %}{% if i == 1 %}{% continue %}{% elif i > 3 %}{% break %}{% endif %}{{ i }}{% endfor %}";
    assert_eq!(rendered(source, json!({})), " 0  2  3 ");
}

#[test]
fn nothing_prints_text() {
    for source in [
        "{{ x | safe }}",
        "{{ x | escape }}",
        "{{ x | e }}",
        "{{ x | pprint }}",
        "{{ debug() }}",
        "{% set x %}a{% endset %}",
        "{% filter upper %}a{% endfilter %}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
        "{% macro m() %}{% endmacro %}",
        "{% import \"t.nix.j2\" as t %}",
        "{% extends \"t.nix.j2\" %}",
        "{% block b %}{% endblock %}",
        "{{ x.items() }}",
        "{{ x() }}",
        "{{ self.b() }}",
        "{{ 1 if x }}",
        "{% for a in x recursive %}{% endfor %}",
        "{% if false %}{{ x | nosuch }}{% endif %}",
        "{% if x is nosuch %}{% endif %}",
    ] {
        let (_, faults) = load(source);
        assert_eq!(faults.len(), 1, "{source}: {faults:?}");
    }
    // JSON is a string like any other.
    assert_eq!(rendered("{{ x | tojson }}", json!({ "x": ["a"] })), r#" "[\"a\"]" "#);
    assert_eq!(rendered("{{ x | replace(\"a\", \"${b}\") }}", json!({ "x": "a" })), r#" "\${b}" "#);
}

#[test]
fn holes_stand_in_code() {
    assert_eq!(
        refused("{ a = \"http://{{ host }}\"; }"),
        ("a hole cannot stand inside a string".into(), "host".into())
    );
    assert_eq!(refused("---\nx\n---\n''{{ a.b }}''").1, "a.b", "front matter counts");
    assert_eq!(refused("# {{ a }}\n{ }").0, "a hole cannot stand inside a comment");
    assert_eq!(refused("{{ a }}.b ./{{ c }}").1, "c");
    assert_eq!(refused("{ a = {{ a }}-b; }").0, "this cannot touch the hole before it");
    let (_, faults) = load("\"{{ a }}\"");
    assert_eq!(faults[0].help.as_deref(), Some("write the whole string as one hole: {{ \"…\" ~ a }}"));
}

#[test]
fn every_way_through_is_followed() {
    // Linear reading would find the hole outside of the string.
    let (_, faults) = load("{% if a %}\"{% else %}\"{% endif %} {{ x }} \"\"");
    assert_eq!(faults.len(), 2, "{faults:?}");
    for source in [
        "{% for a in b %}\"{% endfor %}{{ x }}",
        "{% for a in b %}{{ a }} \"{% endfor %}",
        "{% if a %}# {% endif %}{{ x }}\n",
        "{% if a %}\"{% endif %}",
        "{% for a in b %}\"{% if a %}{% break %}{% endif %}\"{% endfor %}{{ x }}",
        "{% for a in b %}\"{% if a %}{% continue %}{% endif %}\"{% endfor %}{{ x }}",
        "{% for a in b %}''${ {% endfor %}",
        // The line feed behind a block is trimmed, so the comment goes on.
        "# a {% if a %}\n{% endif %}\n{{ x }}\n",
    ] {
        assert!(!load(source).1.is_empty(), "{source}");
    }
    for source in [
        "''{% for a in b %}x ${ {{ a }} }{% if a %} y{% endif %}{% endfor %}''",
        "{% if a %}\"{% else %}\"{% endif %} x \" {{ x }}",
        "{% if a %}foo{% endif %} {{ x }}",
        "{ {% if a %}a = { {% else %}b = { {% endif %}c = {{ x }}; }; }",
        "{% if a %}\n# x\n{% endif %}\n{{ x }}\n",
        "{# {{ \" #}{{ x }}{% raw %}{ }{% endraw %}",
    ] {
        assert_eq!(load(source).1, [], "{source}");
    }
}

#[test]
fn undefined_names_are_named() {
    let fault = failed("---\na: b\n---\n{\n  a = {{ host.nmae }};\n}\n", json!({ "host": {} }));
    assert_eq!(fault.message, "`host.nmae` is undefined");
    assert_eq!((fault.name.as_str(), fault.line), ("t.nix.j2", 5));
    assert_eq!(fault.range, (24, 33));
    assert_eq!(failed("{{ [x] }}", json!({})).message, "the value is undefined, or an `if` without `else` gave none");
    assert_eq!(failed("{% if x %}{% endif %}", json!({})).message, "`x` is undefined");
    assert_eq!(failed("{{ x ~ 1 }}", json!({})).message, "`x` is undefined");
    assert_eq!(failed("{{ x | upper }}", json!({})).line, 1);
}

#[test]
fn what_nix_cannot_hold() {
    assert_eq!(failed("{{ x }}", json!({ "x": "a\0" })).message, "a Nix string cannot hold the character NUL");
    assert_eq!(
        failed("{{ x }}", json!({ "x": u64::MAX })).message,
        "Nix has no integer as large as 18446744073709551615"
    );
    assert_eq!(failed("{{ x }}", BTreeMap::from([("x", f64::NAN)])).message, "Nix has no number like NaN");
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    assert_eq!(failed("{{ x }}", json!({ "x": deep })).message, "the value is nested more than 48 deep");
    assert_eq!(failed("{{ range }}", json!({})).line, 1);
}

#[test]
fn templates_include_each_other() {
    let sources =
        [("a.j2", "{ {% include \"b.j2\" %} }"), ("b.j2", "x =\n{{ y }};\n"), ("c.j2", "{% include \"d.j2\" %}")];
    let (templates, faults) = Templates::new(sources.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].to_string(), "c.j2:1: there is no template `d.j2`; did you mean `b.j2`?");
    assert_eq!(templates.render("a.j2", &json!({ "y": 1 })).unwrap(), "{ x =\n 1 ;\n }");
    let fault = templates.render("a.j2", &json!({})).unwrap_err();
    assert_eq!(fault.to_string(), "b.j2:2: `y` is undefined");
    assert_eq!(templates.names().collect::<Vec<_>>(), ["a.j2", "b.j2"]);
    assert_eq!(templates.render("c.j2", &json!({})).unwrap_err().message, "there is no template `c.j2`");
    assert_eq!(templates.source("c.j2"), Some("{% include \"d.j2\" %}"));
    assert_eq!(templates.variables("b.j2").into_iter().collect::<Vec<_>>(), ["y"]);
    assert!(!load("\"{% include \"t.nix.j2\" %}\"").1.is_empty());
}

#[test]
fn faults_of_syntax_have_a_place() {
    let (_, faults) = load("---\n---\n{\n{% fi %}\n}");
    assert_eq!((faults[0].line, faults.len()), (4, 1), "{faults:?}");
    assert_eq!(load("{{ a").1.len(), 1);
    assert_eq!(load("{\r\n}").1[0].message, "the template has carriage returns");
}

#[test]
fn bodies_are_found() {
    assert_eq!(body_of("{ }"), 0);
    assert_eq!(body_of("---\na: b\n---\n{ }"), 13);
    assert_eq!(body_of("---\n---\n{ }"), 8);
    assert_eq!(body_of("---\na: b\n"), 0);
}

#[test]
fn hostile_text_stays_data() {
    let templates = load("{ {{ s | attr }} = [ {{ s }} {{ { s: [s] } }} ]; b = \"${ {{ s }} }\"; c = ''${ {{ s }} }''; }\n{{ s | comment }}").0;
    for text in [
        "\"",
        "''",
        "${builtins.abort \"x\"}",
        "\\",
        "\n",
        "*/",
        "'' + abort \"\" + ''",
        "$${",
        "\\${",
        "é🐧",
        "\r",
        "# ",
        "''${",
        "''\\n",
        "\u{2028}",
    ] {
        for text in [text.to_owned(), text.repeat(3), format!("a{text}"), format!("{text}a"), format!("${text}")] {
            let out = templates.render("t.nix.j2", &json!({ "s": text })).unwrap();
            let once = format(&out).unwrap_or_else(|fault| panic!("{fault}: {out}"));
            parse(&once).unwrap_or_else(|fault| panic!("{fault}: {once}"));
            assert_eq!(format(&once).unwrap(), once, "the format is stable");
        }
    }
}
