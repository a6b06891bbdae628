use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{
    DescriptorEncoder, EncodeCounterValue, EncodeGaugeValue, EncodeLabelSet, EncodeMetric,
};
use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

/// What something tells of itself when it is asked.
pub(super) trait Source: Send + Sync + 'static {
    fn tell(&self, samples: &mut Samples<'_>) -> fmt::Result;
}

/// A [`Source`] as the registry wants it.
pub(super) struct Collected<S>(pub(super) S);

impl<S> fmt::Debug for Collected<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Collected")
    }
}

impl<S: Source> Collector for Collected<S> {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        self.0.tell(&mut Samples(encoder))
    }
}

/// Takes samples. Units are appended to names, and `_total` to those of counters.
pub(super) struct Samples<'a>(DescriptorEncoder<'a>);

impl Samples<'_> {
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: impl EncodeGaugeValue) -> fmt::Result {
        self.one(name, help, None, &ConstGauge::new(value))
    }

    pub(super) fn gauge_in(
        &mut self,
        unit: &Unit,
        name: &str,
        help: &str,
        value: impl EncodeGaugeValue,
    ) -> fmt::Result {
        self.one(name, help, Some(unit), &ConstGauge::new(value))
    }

    pub(super) fn counter(&mut self, name: &str, help: &str, value: impl EncodeCounterValue) -> fmt::Result {
        self.one(name, help, None, &ConstCounter::new(value))
    }

    pub(super) fn counter_in(
        &mut self,
        unit: &Unit,
        name: &str,
        help: &str,
        value: impl EncodeCounterValue,
    ) -> fmt::Result {
        self.one(name, help, Some(unit), &ConstCounter::new(value))
    }

    /// One sample for each set of labels.
    pub(super) fn family<M: EncodeMetric + TypedMetric>(
        &mut self,
        name: &str,
        help: &str,
        unit: Option<&Unit>,
        members: impl IntoIterator<Item = (impl EncodeLabelSet, M)>,
    ) -> fmt::Result {
        let mut family = self.0.encode_descriptor(name, help, unit, M::TYPE)?;
        members.into_iter().try_for_each(|(labels, metric)| metric.encode(family.encode_family(&labels)?))
    }

    fn one(&mut self, name: &str, help: &str, unit: Option<&Unit>, metric: &impl EncodeMetric) -> fmt::Result {
        metric.encode(self.0.encode_descriptor(name, help, unit, metric.metric_type())?)
    }
}
