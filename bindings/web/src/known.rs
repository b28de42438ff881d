//! What a module keeps between questions.

use std::collections::BTreeMap;

use pixfuse::Pipeline;
use pixfuse_bindings::answers;
#[cfg(feature = "configs")]
use pixfuse_config::Imported;
use serde_json::Value;

use crate::answer::told;
use crate::refusal::Refusal;

/// Pipelines and configs, by numbers that are never used twice.
#[derive(Default)]
pub(crate) struct Known {
    last: u64,
    pub(crate) pipelines: BTreeMap<u64, Pipeline>,
    #[cfg(feature = "configs")]
    pub(crate) configs: BTreeMap<u64, Imported>,
}

impl Known {
    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn pipeline(&self, question: &Value) -> Result<&Pipeline, Refusal> {
        let number = question["pipe"].as_u64().unwrap_or(0);
        self.pipelines.get(&number).ok_or_else(|| Refusal::internal(format_args!("no pipeline {number}")))
    }

    #[cfg(feature = "configs")]
    pub(crate) fn config(&self, question: &Value) -> Result<&Imported, Refusal> {
        let number = question["config"].as_u64().unwrap_or(0);
        self.configs.get(&number).ok_or_else(|| Refusal::internal(format_args!("no config {number}")))
    }

    /// What JavaScript knows of a pipeline, which is kept.
    pub(crate) fn made(&mut self, pipe: Pipeline) -> Value {
        let number = self.number();
        let mut described = told(answers::pipeline(&pipe));
        described["pipe"] = number.into();
        self.pipelines.insert(number, pipe);
        described
    }
}
