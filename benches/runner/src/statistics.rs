//! Medians and spread.

/// What was found out about one way at one size.
#[derive(Clone, Debug)]
pub struct Timing {
    /// Nanoseconds for doing the work once.
    pub median: f64,
    pub min: f64,
    pub max: f64,
    /// Median of the ratios to the first way in the same round, and half of what lies between their quartiles.
    pub ratio: f64,
    pub spread: f64,
    /// Bytes more with the result than without, and at the peak.
    pub memory: Option<(usize, usize)>,
    /// How often the client waited for the server.
    pub turns: Option<u64>,
}

impl Timing {
    pub fn of(samples: &[f64], base: &[f64]) -> Timing {
        let ratios: Vec<f64> = samples.iter().zip(base).map(|(a, b)| a / b).collect();
        Timing {
            median: at(samples, 0.5),
            min: at(samples, 0.0),
            max: at(samples, 1.0),
            ratio: at(&ratios, 0.5),
            spread: (at(&ratios, 0.75) - at(&ratios, 0.25)) / 2.0,
            memory: None,
            turns: None,
        }
    }
}

/// The value that stands at this part of the sorted list.
pub fn at(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = part * (sorted.len().max(1) - 1) as f64;
    let (low, high) = (place.floor() as usize, place.ceil() as usize);
    match (sorted.get(low), sorted.get(high)) {
        (Some(low), Some(high)) => low + (high - low) * place.fract(),
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(at(&[3.0, 1.0, 2.0], 0.5), 2.0);
        assert_eq!(at(&[4.0, 1.0, 2.0, 3.0], 0.5), 2.5);
        assert_eq!((at(&[3.0, 1.0, 2.0], 0.0), at(&[3.0, 1.0, 2.0], 1.0)), (1.0, 3.0));
        assert!(at(&[], 0.5).is_nan());
    }

    #[test]
    fn a_ratio_is_of_the_same_round() {
        let timing = Timing::of(&[2.0, 20.0, 6.0], &[1.0, 10.0, 3.0]);
        assert_eq!((timing.ratio, timing.spread, timing.median), (2.0, 0.0, 6.0));
    }
}
