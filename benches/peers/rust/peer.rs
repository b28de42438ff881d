//! The comparison of another way's tensor with pixfuse's, before anything is timed.

use pixfuse::{Filter, Pipeline};
use pixfuse_benches::{Case, Difference, Error, Kind, Tolerance, Workload};

/// Another way, with the filter of pixfuse that it is compared with; `None` for the workload's own.
pub(crate) struct Peer<F> {
    pub(crate) name: &'static str,
    pub(crate) filter: Option<Filter>,
    pub(crate) tolerance: Tolerance,
    pub(crate) run: F,
}

impl<'a, F: FnMut(&mut [f32]) + 'a> Peer<F> {
    /// Its row, once its tensor is pixfuse's within the tolerance.
    ///
    /// # Errors
    /// When it is not.
    pub(crate) fn checked(mut self, workload: &Workload, pixels: &[u8], out: &mut [f32]) -> Result<Case<'a>, Error> {
        checking(workload, self.name);
        let mut spec = workload.spec.clone();
        let mut to = String::new();
        if let (Some(resize), Some(filter)) = (&mut spec.resize, self.filter) {
            if resize.sampling.filter != filter {
                to = format!(" to {filter}");
            }
            resize.sampling.filter = filter;
        }
        let expected = Pipeline::new(spec)?.run::<f32>(workload.image(pixels)?)?;
        out.fill(f32::NAN);
        (self.run)(out);
        let gain = workload.numbers().ok_or("a peer needs numbers")?.gain;
        // A batch is of one image many times.
        let mut worst = Difference { largest: 0.0, mean: 0.0 };
        for tensor in out.chunks(expected.data.len()) {
            let difference = Difference::between(&expected.data, tensor, gain);
            if !difference.within(self.tolerance) {
                let Difference { largest, mean } = difference;
                return Err(format!("{} is off by {largest:.3} levels, {mean:.3} on average", self.name).into());
            }
            if difference.largest > worst.largest {
                worst = difference;
            }
        }
        Ok(Case::new(Kind::Peer, self.name, format!("{worst}{to}"), Box::new(self.run)))
    }
}

/// Says on standard error what is compared now.
pub(crate) fn checking(workload: &Workload, name: &str) {
    eprintln!("{}: checking {name}", workload.id);
}
