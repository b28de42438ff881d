//! Every workload on every level of this CPU; the first run for a source size, found or declared; and what a call costs at least.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use pixfuse::{ImageRef, Level, Pipeline};
use pixfuse_benches::{Photo, Task, Workload, workloads};

fn kernels(criterion: &mut Criterion) {
    let photo = Photo::decode().expect("the photo is a JPEG");
    for workload in workloads(None).expect("workloads.json lists workloads") {
        if workload.task != Task::Image {
            // Its kernel is that of a workload which is one image.
            continue;
        }
        let pixels = photo.sized(workload.rows, workload.columns).expect("a size above 0");
        one_workload(criterion, &workload, &pixels);
    }
}

fn one_workload(criterion: &mut Criterion, workload: &Workload, pixels: &[u8]) {
    let image = workload.image(pixels).expect("the photo has the workload's size");
    let mut out = vec![0f32; workload.elements().expect("a workload has a tensor")];
    let mut group = criterion.benchmark_group(&workload.id);
    group.throughput(Throughput::Elements(out.len() as u64));
    for level in Level::available() {
        let pipe = workload.pipeline(level).expect("the level is available");
        group.bench_function(level.name(), |bench| {
            bench.iter(|| pipe.run_into(black_box(image), black_box(&mut out)).expect("the image fits"));
        });
        // A pipeline that has seen nothing yet builds the tables of this size first. Dropping them is not counted.
        group.bench_function(format!("new size/{level}"), |bench| {
            bench.iter_batched(
                || pipe.with_level(level).expect("the level is available"),
                |fresh| {
                    fresh.run_into(black_box(image), black_box(&mut out)).expect("the image fits");
                    fresh
                },
                BatchSize::SmallInput,
            );
        });
        // A declared size has its tables and its scratch before the first run, which is then like every other.
        let mut spec = workload.spec.clone();
        spec.input.size = Some([workload.rows, workload.columns].map(|side| side as u32));
        let declared = Pipeline::new(spec).expect("the workload has that size");
        group.bench_function(format!("declared size/{level}"), |bench| {
            bench.iter_batched(
                || {
                    let fresh = declared.with_level(level).expect("the level is available");
                    let scratch = fresh.scratch().expect("there is memory for scratch");
                    (fresh, scratch)
                },
                |(fresh, mut scratch)| {
                    let run = fresh.run_into_with(black_box(image), black_box(&mut out), &mut scratch);
                    run.expect("the image fits");
                    (fresh, scratch)
                },
                BatchSize::SmallInput,
            );
        });
    }
}

/// An image so small that the call is all there is to measure.
fn call(criterion: &mut Criterion) {
    let text = "input(rgb8), resize(8, 8, bilinear), normalize(mean = [0.485, 0.456, 0.406], \
                std = [0.229, 0.224, 0.225]), output(rgb, f32, chw)";
    let pipe = Pipeline::parse(text).expect("a declaration");
    let pixels = vec![128u8; 8 * 8 * 3];
    let mut out = vec![0f32; 8 * 8 * 3];
    let mut group = criterion.benchmark_group("call 8x8");
    for level in Level::available() {
        let pipe = pipe.with_level(level).expect("the level is available");
        group.bench_function(level.name(), |bench| {
            bench.iter(|| {
                let image = ImageRef::rgb8(black_box(&pixels), 8, 8).expect("8 x 8 pixels");
                pipe.run_into(image, black_box(&mut out)).expect("the image fits");
            });
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    targets = kernels, call
}
criterion_main!(benches);
