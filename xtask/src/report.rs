//! Aligned text tables, and what the test runners' closing lines say.

/// Renders rows under a heading, each column as wide as its widest cell; columns named in `right` are numbers.
pub(crate) fn table(heading: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    let heading: Vec<String> = heading.iter().map(|&cell| cell.to_owned()).collect();
    let lines = || std::iter::once(&heading).chain(rows);
    let width = |column: usize| lines().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();

    let mut text = String::new();
    for row in lines() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, &width))| {
            if right.contains(&column) { format!("{cell:>width$}") } else { format!("{cell:width$}") }
        });
        text += cells.collect::<Vec<_>>().join("  ").trim_end();
        text.push('\n');
    }
    text
}

/// Tests of one or more runs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Count {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl std::ops::AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Count {
    /// What one line of output adds: nothing, unless it closes a run of cargo test, pytest or `node --test`.
    pub(crate) fn of_line(line: &str) -> Self {
        let line = line.trim();
        if let Some(result) = line.strip_prefix("test result: ") {
            // "ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s"
            return Self::of_pairs(result.trim_start_matches("ok. ").trim_start_matches("FAILED. ").split("; "));
        }
        if let Some((counts, _)) = line.trim_matches('=').trim().rsplit_once(" in ")
            && line.starts_with('=')
        {
            // "=== 1 failed, 12 passed, 2 skipped in 3.21s ==="
            return Self::of_pairs(counts.split(", "));
        }
        match line.strip_prefix("ℹ ").or(line.strip_prefix("# ")).and_then(|pair| pair.split_once(' ')) {
            // "ℹ pass 12": the other way round.
            Some((word, number)) if matches!(word, "pass" | "fail" | "cancelled" | "skipped" | "todo") => {
                Self::of_pairs(std::iter::once(format!("{number} {word}").as_str()))
            }
            _ => Self::default(),
        }
    }

    fn of_pairs<'a>(pairs: impl Iterator<Item = &'a str>) -> Self {
        let mut count = Self::default();
        for (number, word) in pairs.filter_map(|pair| pair.split_once(' ')) {
            let Ok(number) = number.parse::<u32>() else { continue };
            match word {
                "passed" | "pass" | "xfailed" => count.passed += number,
                "failed" | "fail" | "error" | "errors" | "xpassed" | "cancelled" => count.failed += number,
                "skipped" | "ignored" | "todo" => count.skipped += number,
                _ => {}
            }
        }
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_the_three_runners() {
        let count = |passed, failed, skipped| Count { passed, failed, skipped };
        for (line, expected) in [
            ("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; finished in 0.01s", count(12, 0, 1)),
            ("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out", count(3, 2, 0)),
            ("==== 1 failed, 12 passed, 2 skipped, 3 warnings in 3.21s (0:01:02) ====", count(12, 1, 2)),
            ("==== 2 errors in 0.10s ====", count(0, 2, 0)),
            ("ℹ pass 12", count(12, 0, 0)),
            ("# fail 3", count(0, 3, 0)),
            ("ℹ suites 4", count(0, 0, 0)),
            ("test image::tests::strided ... ok", count(0, 0, 0)),
        ] {
            assert_eq!(Count::of_line(line), expected, "{line}");
        }
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "1".to_owned()], vec!["long".to_owned(), "234".to_owned()]];
        assert_eq!(table(&["x", "n"], &rows, &[1]), "x       n\na       1\nlong  234\n");
    }
}
