"""Configs against their libraries: every class of transformers, every published config of timm, open_clip and torchvision.

    python benches/conformance/run.py [--out benches/CONFORMANCE.md] [--only transformers|videos|timm|open_clip|torchvision|counts] [--folder DIR] [--quick]
                                      [--against results.json]

Writes the table, and beside the built files `conformance.json`, which another run compares with. It ends with 1 when any
result has other bits than its library: such a config must be refused.
"""

import argparse
import collections
import importlib.metadata
import json
import pathlib
import sys

import judge

LIBRARIES = ("transformers", "videos", "timm", "open_clip", "torchvision", "counts")
# What a declaration says to keep the bytes of an older release.
EPOCHS = {("Pillow", 12): "pillow = 12"}
PACKAGES = ("transformers", "torch", "torchvision", "timm", "open_clip_torch", "Pillow", "numpy")


def of_transformers(quick, only):
    import transformers_classes

    def say(name, result):
        print(name, dict(result["photos"].counts) or result["feature"], dict(result["variants"].counts), flush=True)

    return transformers_classes.run(only=only, quick=quick, say=say)


def of_videos(quick, only):
    import video_classes

    def say(name, result):
        print(name, dict(result["photos"].counts) or result["feature"], dict(result["variants"].counts), flush=True)

    return video_classes.run(only=only, quick=quick, say=say)


def cell_of(result):
    """What a table says of a class: its default config, then other configs and calls."""
    if result["reason"]:
        return f"refused: {result['feature'] or 'value'}"
    photos, changed = result["photos"].counts, result["variants"].counts
    cell = f"{photos[judge.EQUAL] + photos[judge.RAISE]} of {sum(photos.values())}"
    if changed:
        cell += f"; {changed[judge.EQUAL] + changed[judge.RAISE]} of {sum(changed.values())}"
    return cell


def class_rows(results):
    """A row of the table a class, both backends in it."""
    bases = collections.defaultdict(dict)
    for name, result in results.items():
        bases[name.removesuffix("Pil")][result["backend"]] = result
    rows = []
    for base, backends in sorted(bases.items()):
        cells = []
        for backend in ("torch", "pil"):
            result = backends.get(backend)
            cells.append("-" if result is None else cell_of(result))
        rows.append(f"| {base.removesuffix('ImageProcessor')} | {cells[0]} | {cells[1]} |")
    return rows


def is_whole(result):
    """Whether a class is reached: its default config is read, and every RGB photo equal."""
    counts = result["photos"].counts
    return result["reason"] is None and counts[judge.EQUAL] >= 6 and not counts[judge.OTHER]


def count_lines(result):
    """The section about counts of patches, tiles and tokens."""
    import counts

    rows, (equal, total) = result
    lines = [
        "",
        "## Patches and tokens of transformers, of sizes alone",
        "",
        "`patches` beside `get_number_of_image_patches`, and `tokens` beside the processors' `_get_num_multimodal_tokens`, of",
        f"{len(counts.sizes())} sizes and five sets of keywords of each: {equal} of {total} are equal. A size that the library fails with is one that",
        "pixfuse refuses. The processors have a tokenizer with one token for each tag and each run of line breaks.",
        "",
        "| class or processor | equal | of |",
        "|---|--:|--:|",
    ]
    lines += [f"| {name} | {equal} | {of} |" for (_, name), (equal, of, _) in sorted(rows.items())]
    lines += ["", "Not compared:", ""]
    lines += [f"- {module}: {why}" for module, why in counts.UNREAD.items()]
    return lines + [
        "- sizes that pixfuse refuses by name: of GLM-5's class those whose canvas has a margin of whole multiples, of Step 3.7's long and thin ones",
        "- Deepseek-OCR 2 and Unlimited-OCR on Pillow, which count tiles of another size than they make",
        "- sizes of Idefics3 and SmolVLM that are no multiples of `max_image_size`, of which they count fewer tiles than they make",
        "- a `size` in calls of GOT-OCR 2's class, InternVL's and others', and of Cohere 2 Vision's, which count by the one that they were made with and make tiles of the other",
        "- images of 1 or 3 rows to Pixtral's and LightOnOCR's processors, which count them as images of so many channels",
        "- patches of Apertus 1.5, where the library counts codes: those are its tokens",
    ]


def report(found, versions):
    tallies = []
    lines = [
        "# Conformance",
        "",
        "Written by `cargo xtask conformance`. Each config is read by pixfuse and by its own library, and every bit of what they",
        f"return is compared: {', '.join(f'{name} {version}' for name, version in versions.items())}. Images are photos of 683 x 455,",
        "333 x 500, 101 x 67, 224 x 224, 301 x 4101 and 1 x 60 pixels, gray, RGBA, palette and gray with alpha, arrays, tensors and a",
        "list. Where the library raises an error so does pixfuse, and that is equal. What pixfuse cannot say it refuses by name.",
        "",
        "| library | read and equal | of | what |",
        "|---|--:|--:|---|",
    ]
    if "transformers" in found:
        results = found["transformers"]
        whole = [name for name, result in results.items() if is_whole(result)]
        lines.append(f"| transformers | {len(whole)} | {len(results)} | image processor classes, each backend one, by their default configs |")
        tallies += [result[part] for result in results.values() for part in ("photos", "variants")]
    if "videos" in found:
        results = found["videos"]
        whole = [name for name, result in results.items() if is_whole(result)]
        lines.append(f"| transformers | {len(whole)} | {len(results)} | video processor classes, by their default configs |")
        tallies += [result[part] for result in results.values() for part in ("photos", "variants")]
    what = {"timm": "pretrained configs", "open_clip": "pretrained models", "torchvision": "weights' transforms, on Pillow images"}
    for name, words in what.items():
        if name in found:
            result = found[name]
            lines.append(f"| {name} | {result['reached']} | {result['of']} | {words}; {result['distinct']} distinct ones |")
            tallies.append(result["tally"])
    if "folder" in found:
        rows, tally = found["folder"]
        tallies.append(tally)
    total = sum((tally.counts for tally in tallies), collections.Counter())
    lines += ["", "| of all results | |", "|---|--:|"]
    lines += [f"| {outcome} | {total[outcome]} |" for outcome in (judge.EQUAL, judge.RAISE, judge.REFUSED, judge.GIVEN, judge.OTHER)]
    wrong = [word for tally in tallies for word in tally.words.get(judge.OTHER, [])]
    given = [word for tally in tallies for word in tally.words.get(judge.GIVEN, [])]
    if wrong:
        lines += ["", "## Other bits without an error", "", *(f"- {word}" for word in wrong)]
    if given:
        lines += ["", "## Results where the library raises an error", "", *sorted(f"- {word}" for word in given)[:60]]
    if "transformers" in found:
        lines += [
            "",
            "## Classes of transformers",
            "",
            "Images of the default config that are equal, then those of about fifty other configs and calls, each of which changes one",
            "key; the rest is refused. LayoutLMv2 and v3 with `apply_ocr = false`.",
            "",
            "| class | torch | pil |",
            "|---|---|---|",
            *class_rows(found["transformers"]),
        ]
        lacking = collections.defaultdict(list)
        for name, result in found["transformers"].items():
            if result["reason"]:
                lacking[result["feature"] or "value"].append(name.replace("ImageProcessor", ""))
        lines += ["", "## What is refused, and why", "", "| lacking | classes | which |", "|---|--:|---|"]
        lines += [f"| {feature} | {len(names)} | {', '.join(sorted(names))} |" for feature, names in sorted(lacking.items())]
    if "videos" in found:
        lines += [
            "",
            "## Video processors of transformers",
            "",
            "Videos of the default config that are equal, then those of about thirty other configs and calls; the rest is refused.",
            "Which frames are taken is the caller's (`do_sample_frames = false`). Ernie 4.5's with `draw_on_frames = false`.",
            "",
            "| class | videos |",
            "|---|---|",
            *(f"| {name.removesuffix('VideoProcessor')} | {cell_of(result)} |" for name, result in sorted(found["videos"].items())),
        ]
    if "counts" in found:
        lines += count_lines(found["counts"])
    if "torchvision" in found and found["torchvision"].get("reasons"):
        lines += ["", "torchvision:", "", *(f"- {name}: {why.splitlines()[0]}" for name, why in sorted(found["torchvision"]["reasons"].items()))]
    if "folder" in found:
        rows, _ = found["folder"]
        lines += ["", "## Files of a folder", "", "| file | backend | outcome | why |", "|---|---|---|---|"]
        lines += [f"| {row['file']} | {row['backend']} | {row['outcome']} | {row['why'].splitlines()[0][:160] if row['why'] else ''} |" for row in rows]
    return "\n".join(lines) + "\n", total


def summary(found):
    """What a later run compares with: an outcome for each class or library."""
    kept = {}
    for name, result in found.get("transformers", {}).items():
        kept[name] = result["feature"] or ("equal" if is_whole(result) else "refused")
        kept[f"{name}, others"] = dict(result["variants"].counts)
    for name, result in found.get("videos", {}).items():
        kept[name] = result["feature"] or ("equal" if is_whole(result) else "refused")
        kept[f"{name}, others"] = dict(result["variants"].counts)
    for (kind, name), (equal, of, _) in found["counts"][0].items() if "counts" in found else ():
        kept[f"{name}, {kind}"] = [equal, of]
    for name in ("timm", "open_clip", "torchvision"):
        if name in found:
            kept[name] = [found[name]["reached"], found[name]["of"], dict(found[name]["tally"].counts)]
    return kept


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--results", type=pathlib.Path, default="conformance.json")
    parser.add_argument("--only")
    parser.add_argument("--classes", help="classes of transformers whose name has this")
    parser.add_argument("--folder", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true", help="default configs only")
    parser.add_argument("--against", type=pathlib.Path, help="say what changed since the results of another run")
    flags = parser.parse_args()

    found = {}
    wanted = [name for name in LIBRARIES if flags.only in (None, name)]
    if "transformers" in wanted:
        found["transformers"] = of_transformers(flags.quick, flags.classes)
    if "videos" in wanted:
        found["videos"] = of_videos(flags.quick, flags.classes)
    if set(wanted) & {"timm", "open_clip", "torchvision"}:
        import other_libraries

        runs = {"timm": other_libraries.timm_configs, "open_clip": other_libraries.open_clip_configs, "torchvision": other_libraries.torchvision_weights}
        for name in wanted:
            if name in runs:
                found[name] = runs[name]()
                print(name, found[name]["reached"], "of", found[name]["of"], dict(found[name]["tally"].counts), flush=True)
    if "counts" in wanted:
        import counts

        found["counts"] = counts.compare()
        print("counts", *found["counts"][1], [name for (_, name), (equal, of, _) in found["counts"][0].items() if equal != of], flush=True)
    if flags.folder:
        import folder

        found["folder"] = folder.run(flags.folder)
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    text, total = report(found, versions)
    print(text)
    if flags.out:
        flags.out.write_text(text)
    kept = {"versions": versions, "results": summary(found)}
    if flags.against:
        older = json.loads(flags.against.read_text())
        print("against", older["versions"])
        names = set(older["results"]) | set(kept["results"])
        if flags.only or flags.classes or flags.quick:
            # A part of them: the rest was not run, nor were other configs where this was quick.
            names = {name for name in set(older["results"]) & set(kept["results"]) if not (flags.quick and name.endswith(", others"))}
        changed = [name for name in sorted(names) if older["results"].get(name) != kept["results"].get(name)]
        print(f"  {len(names)} results compared, {len(changed)} changed")
        for name in changed:
            print(f"  {name}: {older['results'].get(name)} -> {kept['results'].get(name)}")
        for (package, release), words in EPOCHS.items():
            if changed and int(versions[package].split(".")[0]) == release != int(older["versions"][package].split(".")[0]):
                print(f"  a declaration keeps the bytes of {package} {release} with `{words}` in its resize")
        if not changed:
            print("  nothing that is counted changed: no text needs an epoch")
    flags.results.parent.mkdir(parents=True, exist_ok=True)
    flags.results.write_text(json.dumps(kept, indent=1))
    equal, of = found["counts"][1] if "counts" in found else (0, 0)
    sys.exit(1 if total[judge.OTHER] or equal != of else 0)


main()
