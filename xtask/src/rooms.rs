//! The arrows between the rooms of a crate, as a test: a room is a file or folder of its `src`, and uses another where it
//! names it. No way along the arrows leads back.

use std::collections::{BTreeMap, BTreeSet};

use crate::tidy::unclosed;
use crate::{files, tools};

/// For each room the rooms that it uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Code without its comments and its tests, which are last.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\n").next().unwrap_or_default();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The first names of what stands behind `crate::`: one, or those of a list in braces.
fn names(rest: &str) -> Vec<&str> {
    let list = rest.strip_prefix('{').map_or(rest, unclosed);
    let mut depth = 0;
    let ends = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    };
    let first = |text: &'_ str| text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
    let most = if rest.starts_with('{') { usize::MAX } else { 1 };
    let found = list.split(ends).map(str::trim_start).take(most);
    found.map(|name| &name[..first(name)]).filter(|name| !name.is_empty()).collect()
}

/// What `lib.rs` gives out under its own name, and the room that it is of.
fn given_out(library: &str) -> BTreeMap<&str, &str> {
    let mut rooms = BTreeMap::new();
    for line in library.split(';') {
        let Some((_, path)) = line.rsplit_once("\npub use ") else { continue };
        let Some((room, rest)) = path.split_once("::") else { continue };
        rooms.extend(names(rest).into_iter().map(|name| (name, room)));
    }
    rooms
}

fn arrows(files: &[(String, String)], library: &str) -> Arrows {
    let given_out = given_out(library);
    let rooms: BTreeSet<&str> = files.iter().map(|(room, _)| room.as_str()).collect();
    let mut arrows = Arrows::new();
    for (room, text) in files {
        let code = code(text);
        for rest in code.split("crate::").skip(1) {
            for name in names(rest) {
                // A function may have the name of a room.
                let used = if rooms.contains(name) { name } else { given_out.get(name).copied().unwrap_or(name) };
                if used != room && rooms.contains(used) {
                    arrows.entry(room.clone()).or_default().insert(used.to_owned());
                }
            }
        }
    }
    arrows
}

/// A way that leads back to a room, if there is one.
fn circle(arrows: &Arrows) -> Option<Vec<&str>> {
    fn walk<'a>(arrows: &'a Arrows, way: &mut Vec<&'a str>, done: &mut BTreeSet<&'a str>) -> bool {
        let room = *way.last().expect("a way has a room");
        for next in arrows.get(room).into_iter().flatten() {
            let seen = way.contains(&next.as_str());
            way.push(next);
            if seen || (!done.contains(next.as_str()) && walk(arrows, way, done)) {
                return true;
            }
            way.pop();
        }
        done.insert(room);
        false
    }
    let mut done = BTreeSet::new();
    arrows.keys().find_map(|room| {
        let mut way = vec![room.as_str()];
        walk(arrows, &mut way, &mut done).then_some(way)
    })
}

/// The arrows of a crate, of which no way leads back.
fn arrows_of(package: &str) -> Arrows {
    let sources = tools::root().join(package).join("src");
    let library = files::read(sources.join("lib.rs")).unwrap();
    let mut found = Vec::new();
    for entry in files::entries(&sources).unwrap().into_iter().filter(|path| !path.ends_with("lib.rs")) {
        let room = entry.file_stem().unwrap().to_string_lossy().into_owned();
        let files = if entry.is_dir() { files::all(&entry).unwrap() } else { vec![entry] };
        let files = files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        found.extend(files.map(|path| (room.clone(), files::read(path).unwrap())));
    }
    let arrows = arrows(&found, &library);
    if let Some(way) = circle(&arrows) {
        panic!("rooms of {package}/src use each other: {}", way.join(" -> "));
    }
    arrows
}

#[test]
fn no_way_leads_back() {
    let arrows = arrows_of("crates/pixfuse");
    // What would be missed if names were read wrongly.
    assert!(arrows["pipeline"].is_superset(&["error", "kernel", "prepared_cache", "simd"].map(str::to_owned).into()));
    // A rule knows no level, and what judges kernels none of their instructions.
    for (room, above) in
        [("weights", "simd"), ("axis", "simd"), ("placement", "simd"), ("reference", "simd"), ("simd", "kernel")]
    {
        assert!(!arrows.get(room).is_some_and(|used| used.contains(above)), "{room} uses {above}");
    }
}

/// A table knows no clause, a clause no rule, and a rule nothing of how it is checked or written.
#[test]
fn the_language_stands_in_floors() {
    let arrows = arrows_of("crates/pixfuse-spec");
    assert!(arrows["check"].is_superset(&["clauses", "grammar", "rules", "table"].map(str::to_owned).into()));
    for (room, above) in [("table", "clauses"), ("clauses", "rules"), ("rules", "check"), ("grammar", "table")] {
        assert!(!arrows.get(room).is_some_and(|used| used.contains(above)), "{room} uses {above}");
    }
}

/// What stands around the core: a decoder knows nothing of the file that it is called for, what was read of a config nothing of
/// the libraries that wrote one, and what is wrong nothing of who says so.
#[test]
fn what_stands_around_the_core_has_no_circles() {
    let arrows = ["codegen", "bindings", "config", "decode"].map(|name| arrows_of(&format!("crates/pixfuse-{name}")));
    let [_, bindings, config, decode] = &arrows;
    assert!(bindings["options"].contains("argument") && !bindings.contains_key("language"));
    assert!(config["transformers"].contains("imported") && !config["imported"].contains("transformers"));
    assert!(decode["file"].contains("webp") && !decode["webp"].contains("file"));
    let [c, node, python, web] = ["c", "node", "python", "web"].map(|name| arrows_of(&format!("bindings/{name}")));
    assert!(c["mistake"].contains("error") && !c.contains_key("error"));
    assert!(node["calls"].contains("decode") && node["decode"].contains("failure"));
    assert!(
        python["pipeline"].contains("failure") && !python.get("failure").is_some_and(|used| used.contains("config"))
    );
    assert!(web["calls"].contains("run") && web["run"].contains("refusal"));
}

#[test]
fn a_circle_is_found() {
    let library = "mod a;\npub use a::Thing;\npub use b::{\n    Other,\n};\n";
    let texts = [
        ("a", "use crate::c::{x, y};"),
        ("b", "use crate::{Thing, c::{d, e}};\n// crate::b\n"),
        ("c", "fn f() {}\n#[cfg(test)]\nuse crate::a;"),
        ("c", "let other = crate::Other;"),
    ];
    let files = texts.map(|(room, text)| (room.to_owned(), text.to_owned()));
    let open = arrows(&files[..3], library);
    assert_eq!(open["b"].iter().collect::<Vec<_>>(), ["a", "c"]);
    assert_eq!(circle(&open), None);
    assert_eq!(circle(&arrows(&files, library)), Some(vec!["a", "c", "b", "a"]));
}
