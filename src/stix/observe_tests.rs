//! Patterns of several observations: bindings, bounds, and agreement with trying everything.

use super::*;

fn compile(text: &str) -> CompiledPattern {
    CompiledPattern::new(&super::super::parse(text).unwrap()).unwrap()
}

fn hit(observation: usize, first: i64, last: i64) -> Hit {
    Hit { observation, times: Some((first * MICROS_PER_SECOND, last * MICROS_PER_SECOND)), number: 1 }
}

fn points(range: std::ops::Range<usize>) -> Vec<Hit> {
    range.map(|n| hit(n, n as i64, n as i64)).collect()
}

/// How many steps a decision takes at most.
fn decide(text: &str, hits: &[Vec<Hit>], max_steps: u64) -> Outcome {
    compile(text).decide_within(hits, max_steps)
}

#[test]
fn a_binding_says_who() {
    let hits = [vec![hit(7, 0, 0), hit(8, 5, 5)], vec![hit(8, 5, 5)]];
    assert_eq!(
        decide("[a:b = 1] AND [a:b = 2]", &hits, 1_000),
        Outcome::Match(vec![Bound { leaf: 0, observation: 7, times: 1 }, Bound { leaf: 1, observation: 8, times: 1 }])
    );
    assert_eq!(decide("[a:b = 1] AND [a:b = 2]", &[vec![hit(8, 0, 0)], vec![hit(8, 0, 0)]], 1_000), Outcome::NoMatch);
    let twice = Hit { number: 3, ..hit(4, 0, 0) };
    assert_eq!(
        decide("[a:b = 1] REPEATS 3 TIMES", &[vec![twice, twice]], 1_000),
        Outcome::Match(vec![Bound { leaf: 0, observation: 4, times: 3 }])
    );
}

#[test]
fn one_observation_with_several_times_is_one() {
    let hits = [vec![hit(3, 0, 0), hit(3, 50, 50), hit(3, 90, 90)], vec![hit(3, 0, 0), hit(3, 50, 50)]];
    for none in [
        "[a:b = 1] REPEATS 2 TIMES",
        "[a:b = 1] AND [a:b = 2]",
        "[a:b = 1] FOLLOWEDBY [a:b = 2]",
        "[a:b = 1] REPEATS 2 TIMES WITHIN 500 SECONDS",
    ] {
        assert_eq!(decide(none, &hits, 10_000), Outcome::NoMatch, "{none}");
    }
    let with = |more: Hit| [hits[0].clone(), vec![more]];
    for (text, at, expected) in [
        ("([a:b = 1] AND [a:b = 2]) WITHIN 5 SECONDS", 52, true),
        ("([a:b = 1] AND [a:b = 2]) WITHIN 5 SECONDS", 70, false),
        ("[a:b = 1] FOLLOWEDBY [a:b = 2]", 0, true),
        ("[a:b = 2] FOLLOWEDBY [a:b = 1]", 0, true),
    ] {
        let found = matches!(decide(text, &with(hit(4, at, at)), 10_000), Outcome::Match(_));
        assert_eq!(found, expected, "{text} {at}");
    }
}

#[test]
fn undated_observations_satisfy_no_time_condition() {
    let undated = Hit { observation: 1, times: None, number: 1 };
    let hits = [vec![undated], vec![hit(2, 0, 0)]];
    assert!(matches!(decide("[a:b = 1] AND [a:b = 2]", &hits, 1_000), Outcome::Match(_)));
    assert!(matches!(decide("[a:b = 1] REPEATS 1 TIMES", &hits, 1_000), Outcome::Match(_)));
    for text in [
        "[a:b = 1] FOLLOWEDBY [a:b = 2]",
        "[a:b = 2] AND [a:b = 2]",
        "([a:b = 1] AND [a:b = 2]) WITHIN 5000 SECONDS",
        "[a:b = 1] WITHIN 5 SECONDS",
        "[a:b = 1] START t'0001-01-01T00:00:00Z' STOP t'9999-01-01T00:00:00Z'",
    ] {
        let hits = if text.starts_with("[a:b = 2] AND") { [vec![undated], vec![undated]] } else { hits.clone() };
        assert_eq!(decide(text, &hits, 1_000), Outcome::NoMatch, "{text}");
    }
}

#[test]
fn many_observations_are_decided_quickly() {
    let many = 10_000;
    let all = points(0..many);
    // Each needs a step for each candidate, perhaps a few; combinations would need more than the age of the world.
    for (text, expected) in [
        ("[a:b = 1] REPEATS 10000 TIMES", true),
        ("[a:b = 1] REPEATS 10001 TIMES", false),
        ("[a:b = 1] REPEATS 5000 TIMES AND [a:b = 1] REPEATS 5000 TIMES", true),
        ("[a:b = 1] REPEATS 5000 TIMES AND [a:b = 1] REPEATS 5001 TIMES", false),
        ("[a:b = 1] REPEATS 10 TIMES WITHIN 8 SECONDS", false),
        ("[a:b = 1] REPEATS 10 TIMES WITHIN 9 SECONDS", true),
        ("([a:b = 1] AND [a:b = 1] AND [a:b = 1]) WITHIN 1 SECONDS", false),
        ("[a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1]", true),
        ("([a:b = 1] FOLLOWEDBY [a:b = 1]) REPEATS 50 TIMES", true),
        ("(([a:b = 1] OR [a:b = 1]) AND ([a:b = 1] OR [a:b = 1])) REPEATS 5000 TIMES", true),
        ("([a:b = 1] REPEATS 6000 TIMES OR [a:b = 1]) REPEATS 2 TIMES", true),
    ] {
        let leaves = compile(text).leaves().len();
        let outcome = decide(text, &vec![all.clone(); leaves], 5_000_000);
        assert_eq!(matches!(outcome, Outcome::Match(_)), expected, "{text}");
        assert_ne!(outcome, Outcome::GaveUp, "{text}");
    }
}

#[test]
fn giving_up_is_not_no() {
    let hits = vec![points(0..2_000); 6];
    let text = "(([a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 1 SECONDS AND ([a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 1 SECONDS \
                AND [a:b = 1] REPEATS 1997 TIMES)";
    assert_eq!(decide(text, &hits, 10_000), Outcome::GaveUp);
    assert_eq!(decide("([a:b = 1] FOLLOWEDBY [a:b = 1]) REPEATS 900 TIMES", &hits, MAX_STEPS), Outcome::GaveUp);
}

type Fits<'f> = &'f dyn Fn(&[(i64, i64)]) -> bool;

/// All assignments of up to four slots, tried one by one.
fn brute(slots: usize, times: &[(i64, i64)], fits: Fits<'_>) -> bool {
    fn go(slots: usize, times: &[(i64, i64)], used: &mut Vec<usize>, fits: Fits<'_>) -> bool {
        if used.len() == slots {
            return fits(&used.iter().map(|n| times[*n]).collect::<Vec<_>>());
        }
        (0..times.len()).any(|n| {
            if used.contains(&n) {
                return false;
            }
            used.push(n);
            let found = go(slots, times, used, fits);
            used.pop();
            found
        })
    }
    go(slots, times, &mut Vec::new(), fits)
}

#[test]
fn agrees_with_trying_everything() {
    let within = |d: i64| {
        move |chosen: &[(i64, i64)]| {
            let low = chosen.iter().map(|t| t.1).min().unwrap_or(0);
            chosen.iter().all(|t| t.0 <= low + d)
        }
    };
    let before = |a: (i64, i64), b: (i64, i64)| a.0 <= b.1;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |n: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state % n).unwrap()
    };
    for _ in 0..300 {
        let times: Vec<(i64, i64)> = (0..5)
            .map(|_| {
                let first = random(12);
                (first, first + random(4))
            })
            .collect();
        let hits: Vec<Hit> = times.iter().enumerate().map(|(n, t)| hit(n, t.0, t.1)).collect();
        let cases: [(&str, bool); 3] = [
            ("[a:b = 1] REPEATS 3 TIMES WITHIN 3 SECONDS", brute(3, &times, &within(3))),
            (
                "([a:b = 1] FOLLOWEDBY [a:b = 1] FOLLOWEDBY [a:b = 1]) WITHIN 2 SECONDS",
                brute(3, &times, &|c| before(c[0], c[1]) && before(c[0], c[2]) && before(c[1], c[2]) && within(2)(c)),
            ),
            (
                "(([a:b = 1] AND [a:b = 1]) WITHIN 1 SECONDS FOLLOWEDBY [a:b = 1] START t'1970-01-01T00:00:06Z' \
                 STOP t'1970-01-01T00:00:09Z') WITHIN 4 SECONDS",
                brute(3, &times, &|c| {
                    let in_window = c[2].0 < 9 && c[2].1 >= 6;
                    in_window && before(c[0], c[2]) && before(c[1], c[2]) && within(1)(&c[..2]) && within(4)(c)
                }),
            ),
        ];
        for (text, expected) in cases {
            let outcome = decide(text, &vec![hits.clone(); 3], MAX_STEPS);
            assert_eq!(matches!(outcome, Outcome::Match(_)), expected, "{text} {times:?}");
            assert_ne!(outcome, Outcome::GaveUp);
        }
    }
}
