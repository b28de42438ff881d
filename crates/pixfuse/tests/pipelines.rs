//! scratch
mod common;

use common::pixels;
use pixfuse::{ImageRef, Level, Pipeline};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

fn smooth([rows, columns, channels]: [usize; 3], seed: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(rows * columns * channels);
    for y in 0..rows {
        for x in 0..columns {
            for c in 0..channels {
                let ramp = (y * (2 + c) + x * (4 - c) + seed * 37) % 510;
                let value = ramp.abs_diff(255) as u8;
                bytes.push(if (7 * x + 3 * y + seed) / 64 % 5 == 0 { 255 - value } else { value });
            }
        }
    }
    bytes
}

#[test]
fn scratch() {
    let mut decl: BTreeMap<&str, Pipeline> = BTreeMap::new();
    for line in include_str!("goldens/declarations.txt").lines() {
        let (name, text) = line.split_once(' ').unwrap();
        decl.insert(name, Pipeline::parse(text).unwrap_or_else(|e| panic!("{name}: {e}")));
    }
    let mut counts: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
    let mut misses: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in include_str!("goldens/pipelines.txt").lines() {
        let f: Vec<&str> = line.split(' ').collect();
        let (name, kind) = (f[0], f[1]);
        let n: Vec<usize> = f[2..5].iter().map(|t| t.parse().unwrap()).collect();
        let bytes = if kind == "noise" { pixels(n[0] * n[1] * 3, n[2]) } else { smooth([n[0], n[1], 3], n[2]) };
        let image = ImageRef::strided(&bytes, 0, [n[0], n[1], 3], [3 * n[1] as isize, 3, 1]).unwrap();
        let t = decl[name].run::<f32>(image).unwrap();
        if let (Ok(d), true) = (std::env::var("DUMP"), true) {
            if d == format!("{name}:{}", n[2]) {
                let b: Vec<u8> = t.data.iter().flat_map(|v| v.to_le_bytes()).collect();
                std::fs::write("/tmp/gold_dump.bin", b).unwrap();
                println!("{:?}", t.dims);
            }
        }
        let mut h = Sha256::new();
        for v in &t.data {
            h.update(v.to_le_bytes());
        }
        let digest: String = h.finalize().iter().map(|b| format!("{b:02x}")).collect();
        let e = counts.entry(name).or_default();
        e[1] += 1;
        if digest == f[5] {
            e[0] += 1
        } else {
            misses.entry(name).or_default().push(format!("{}x{}:{}:{:?}", n[0], n[1], n[2], t.dims))
        }
    }
    let _ = Level::available();
    for (name, [ok, all]) in counts {
        println!("{name:30} {ok}/{all} {}", misses.get(name).map_or(String::new(), |m| m[..m.len().min(6)].join("  ")));
    }
}
