//! Decides a pattern of several observations from what each of its `[ … ]` matched (STIX 2.1 §9.5, §9.8).
//!
//! Wanted is a *binding*: an observation for every `[ … ]` that takes part, none used more often than it was observed,
//! such that the time conditions hold. Trying all combinations is exponential; this is not, for these reasons:
//!
//! - An observation has an interval `first..=last`. `START a STOP b` asks of each one `last >= a` and `first < b`.
//!   `WITHIN d` holds if and only if some instant `t` gives `last >= t` and `first <= t + d` for all of them; it is
//!   enough to try the `last` of each. `L FOLLOWEDBY R` holds if and only if some `t` gives `first <= t` for all of L
//!   and `last >= t` for all of R; it is enough to try the `first` of each. So every condition is a *window* on one
//!   observation, once the instants (*pivots*) are chosen.
//! - With windows fixed, who takes which observation is a flow problem, solved exactly in polynomial time.
//! - `REPEATS` multiplies demands; it makes copies only of parts that have pivots, and those in the order of their
//!   pivots, as copies are interchangeable.
//!
//! What remains is a search over pivots and branches of `OR`, cut off as soon as the flow of what is already fixed
//! fails. A count of steps is the last fence; behind it the answer is "gave up", never "no".

use std::collections::{HashMap, HashSet};

use super::observe::{Bound, Hit};

/// Steps (looks at one observation) before a search gives up: some tenths of a second.
pub const MAX_STEPS: u64 = 20_000_000;
/// Choices on top of each other before a search gives up.
const MAX_CHOICES: usize = 256;

/// A pattern as the search sees it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Plan {
    /// Any one of these leaves.
    Leaf(Vec<usize>),
    And(Vec<Plan>),
    Or(Vec<Plan>),
    FollowedBy(Vec<Plan>),
    /// Microseconds.
    Within(Box<Plan>, i64),
    Repeats(Box<Plan>, u64),
    /// First instant inside, last instant inside.
    Between(Box<Plan>, i64, i64),
    /// A window that nothing fits.
    Never,
}

/// What a search found.
pub(super) enum Found {
    Binding(Vec<Bound>),
    Nothing,
    GaveUp,
}

/// Fits if `last >= low && first <= high`.
#[derive(Clone, Copy)]
struct Window {
    low: i64,
    high: i64,
}

impl Window {
    const ANY: Self = Self { low: i64::MIN, high: i64::MAX };

    fn is_any(self) -> bool {
        self.low == i64::MIN && self.high == i64::MAX
    }

    fn not_before(self, low: i64) -> Self {
        Self { low: self.low.max(low), ..self }
    }

    fn not_after(self, high: i64) -> Self {
        Self { high: self.high.min(high), ..self }
    }
}

#[derive(Clone, Copy)]
struct Candidate {
    first: i64,
    last: i64,
    /// Index into `Solver::capacity`.
    observation: usize,
    leaf: usize,
}

/// What one `Plan::Leaf` may take.
struct Pool {
    /// Sorted by `last`.
    dated: Vec<Candidate>,
    /// For each place in `dated`: the least `first` from there on, so that a scan knows when to stop.
    least_first: Vec<i64>,
    /// Only without time conditions.
    undated: Vec<Candidate>,
}

/// So many of one pool, within one window.
#[derive(Clone, Copy)]
struct Demand {
    pool: usize,
    window: Window,
    count: u64,
}

#[derive(Clone, Copy)]
enum Work<'p> {
    Node(&'p Node),
    /// The first operands of a FOLLOWEDBY, whose later ones are done.
    Chain(&'p [Node]),
    /// The later branches of an OR.
    Branches(&'p [Node]),
}

#[derive(Clone, Copy)]
struct Task<'p> {
    work: Work<'p>,
    window: Window,
    count: u64,
    /// Pivots of further copies do not come before this.
    floor: i64,
}

/// A plan with its pools looked up.
enum Node {
    Pool(usize),
    And(Vec<Node>),
    Or(Vec<Node>),
    FollowedBy(Vec<Node>),
    Within(Box<Node>, i64),
    Repeats(Box<Node>, u64),
    Between(Box<Node>, i64, i64),
    Never,
}

struct Solver {
    pools: Vec<Pool>,
    capacity: Vec<u64>,
    /// Outside names of observations.
    names: Vec<usize>,
    /// Some leaf lists an observation with several times.
    several_times: bool,
    steps: u64,
}

/// The search ran out of steps or choices.
struct GaveUp;

/// Looks for a binding. `hits[leaf]` lists what the leaf matched.
pub(super) fn solve(plan: &Plan, hits: &[Vec<Hit>], max_steps: u64) -> Found {
    let mut solver =
        Solver { pools: Vec::new(), capacity: Vec::new(), names: Vec::new(), several_times: false, steps: max_steps };
    let mut known = HashMap::new();
    let root = solver.node(plan, hits, &mut known);
    let task = Task { work: Work::Node(&root), window: Window::ANY, count: 1, floor: i64::MIN };
    match solver.search(vec![task], Vec::new(), 0) {
        Ok(Some(binding)) => Found::Binding(binding),
        Ok(None) => Found::Nothing,
        Err(GaveUp) => Found::GaveUp,
    }
}

impl Solver {
    fn node(&mut self, plan: &Plan, hits: &[Vec<Hit>], known: &mut HashMap<usize, usize>) -> Node {
        let mut nodes = |list: &[Plan]| list.iter().map(|plan| self.node(plan, hits, known)).collect();
        match plan {
            Plan::Leaf(leaves) => Node::Pool(self.pool(leaves, hits, known)),
            Plan::And(list) => Node::And(nodes(list)),
            Plan::Or(list) => Node::Or(nodes(list)),
            Plan::FollowedBy(list) => Node::FollowedBy(nodes(list)),
            Plan::Within(inner, micros) => Node::Within(Box::new(self.node(inner, hits, known)), *micros),
            Plan::Repeats(inner, times) => Node::Repeats(Box::new(self.node(inner, hits, known)), *times),
            Plan::Between(inner, low, high) => Node::Between(Box::new(self.node(inner, hits, known)), *low, *high),
            Plan::Never => Node::Never,
        }
    }

    fn pool(&mut self, leaves: &[usize], hits: &[Vec<Hit>], known: &mut HashMap<usize, usize>) -> usize {
        let mut taken = HashSet::new();
        let mut seen = HashSet::new();
        let (mut dated, mut undated) = (Vec::new(), Vec::new());
        for &leaf in leaves {
            for hit in hits.get(leaf).map_or(&[][..], Vec::as_slice) {
                if hit.number == 0 || !taken.insert((hit.observation, hit.times)) {
                    continue;
                }
                self.several_times |= !seen.insert(hit.observation);
                let observation = *known.entry(hit.observation).or_insert_with(|| {
                    self.capacity.push(hit.number);
                    self.names.push(hit.observation);
                    self.names.len() - 1
                });
                match hit.times {
                    Some((first, last)) => dated.push(Candidate { first, last, observation, leaf }),
                    None => undated.push(Candidate { first: 0, last: 0, observation, leaf }),
                }
            }
        }
        dated.sort_by_key(|c| (c.last, c.first, c.observation));
        let mut least_first: Vec<i64> = dated.iter().map(|c| c.first).collect();
        for i in (1..least_first.len()).rev() {
            least_first[i - 1] = least_first[i - 1].min(least_first[i]);
        }
        self.pools.push(Pool { dated, least_first, undated });
        self.pools.len() - 1
    }

    fn spend(&mut self, steps: usize) -> Result<(), GaveUp> {
        self.steps = self.steps.checked_sub(steps as u64).ok_or(GaveUp)?;
        Ok(())
    }

    /// Works off tasks without a choice, then makes the first choice every way.
    fn search(
        &mut self,
        mut tasks: Vec<Task<'_>>,
        mut demands: Vec<Demand>,
        depth: usize,
    ) -> Result<Option<Vec<Bound>>, GaveUp> {
        if depth > MAX_CHOICES {
            return Err(GaveUp);
        }
        let mut choices = Vec::new();
        while let Some(task) = tasks.pop() {
            self.spend(1)?;
            if !expand(task, &mut tasks, &mut demands, &mut choices) {
                return Ok(None);
            }
        }
        let mut relaxed = demands.clone();
        choices.iter().for_each(|task| required(task, &mut relaxed));
        let Some(binding) = self.flow(&relaxed, choices.is_empty())? else { return Ok(None) };
        let Some(choice) = choices.pop() else { return Ok(Some(binding)) };
        match choice.work {
            Work::Branches([]) => Ok(None),
            Work::Branches([only]) => {
                choices.push(Task { work: Work::Node(only), ..choice });
                self.search(choices, demands, depth + 1)
            }
            Work::Branches([branch, others @ ..]) => {
                for count in (0..=choice.count).rev() {
                    let mut tasks = choices.clone();
                    if count > 0 {
                        tasks.push(Task { work: Work::Node(branch), count, ..choice });
                    }
                    if count < choice.count {
                        let left = choice.count - count;
                        tasks.push(Task { work: Work::Branches(others), count: left, ..choice });
                    }
                    if let Some(binding) = self.search(tasks, demands.clone(), depth + 1)? {
                        return Ok(Some(binding));
                    }
                }
                Ok(None)
            }
            Work::Chain(chain) => self.pivot_chain(choice, chain, &choices, &demands, depth),
            Work::Node(Node::Within(inner, micros)) => {
                self.pivot_within(choice, inner, *micros, &choices, &demands, depth)
            }
            Work::Node(_) => Ok(None),
        }
    }

    fn pivot_chain(
        &mut self,
        choice: Task<'_>,
        chain: &[Node],
        others: &[Task<'_>],
        demands: &[Demand],
        depth: usize,
    ) -> Result<Option<Vec<Bound>>, GaveUp> {
        let Some((right, left)) = chain.split_last() else { return Ok(None) };
        let left_task = Task { work: Work::Chain(left), count: 1, floor: i64::MIN, ..choice };
        let right_task = Task { work: Work::Node(right), count: 1, floor: i64::MIN, ..choice };
        let (left_times, right_times) = (self.bounds(&left_task)?, self.bounds(&right_task)?);
        let low = left_times.greatest_least_first.max(choice.floor);
        for pivot in self.instants(&left_task, |c| c.first)? {
            if pivot < low || pivot > right_times.least_greatest_last {
                continue;
            }
            let mut tasks = others.to_vec();
            if choice.count > 1 {
                tasks.push(Task { count: choice.count - 1, floor: pivot, ..choice });
            }
            tasks.push(Task { window: choice.window.not_before(pivot), ..right_task });
            tasks.push(Task { window: choice.window.not_after(pivot), ..left_task });
            if let Some(binding) = self.search(tasks, demands.to_vec(), depth + 1)? {
                return Ok(Some(binding));
            }
        }
        Ok(None)
    }

    fn pivot_within(
        &mut self,
        choice: Task<'_>,
        inner: &Node,
        micros: i64,
        others: &[Task<'_>],
        demands: &[Demand],
        depth: usize,
    ) -> Result<Option<Vec<Bound>>, GaveUp> {
        let inner_task = Task { work: Work::Node(inner), count: 1, floor: i64::MIN, ..choice };
        let times = self.bounds(&inner_task)?;
        let low = times.greatest_least_first.saturating_sub(micros).max(choice.floor);
        for pivot in self.instants(&inner_task, |c| c.last)? {
            if pivot < low || pivot > times.least_greatest_last {
                continue;
            }
            let mut tasks = others.to_vec();
            if choice.count > 1 {
                tasks.push(Task { count: choice.count - 1, floor: pivot, ..choice });
            }
            let window = choice.window.not_before(pivot).not_after(pivot.saturating_add(micros));
            tasks.push(Task { window, ..inner_task });
            if let Some(binding) = self.search(tasks, demands.to_vec(), depth + 1)? {
                return Ok(Some(binding));
            }
        }
        Ok(None)
    }

    /// Calls `f` with what the pool has in the window until `f` says stop.
    fn scan(&mut self, pool: usize, window: Window, mut f: impl FnMut(Candidate) -> bool) -> Result<(), GaveUp> {
        let Some(pool) = self.pools.get(pool) else { return Ok(()) };
        let start = pool.dated.partition_point(|c| c.last < window.low);
        let mut looked = 0;
        let mut stopped = false;
        for (candidate, least_first) in pool.dated.iter().zip(&pool.least_first).skip(start) {
            if *least_first > window.high {
                break;
            }
            looked += 1;
            if candidate.first <= window.high && f(*candidate) {
                stopped = true;
                break;
            }
        }
        if window.is_any() && !stopped {
            for candidate in &pool.undated {
                looked += 1;
                if f(*candidate) {
                    break;
                }
            }
        }
        self.spend(looked + 1)
    }

    /// Every instant that could be a pivot, ascending.
    fn instants(&mut self, task: &Task<'_>, of: fn(Candidate) -> i64) -> Result<Vec<i64>, GaveUp> {
        let mut pools = Vec::new();
        match task.work {
            Work::Node(node) => all_pools(node, &mut pools),
            Work::Chain(list) | Work::Branches(list) => list.iter().for_each(|node| all_pools(node, &mut pools)),
        }
        let mut instants = Vec::new();
        // A time condition is about to be put on it: undated observations are out.
        let window = if task.window.is_any() { task.window.not_after(i64::MAX - 1) } else { task.window };
        for pool in pools {
            self.scan(pool, window, |candidate| {
                instants.push(of(candidate));
                false
            })?;
        }
        instants.sort_unstable();
        instants.dedup();
        Ok(instants)
    }

    /// Limits for pivots that any binding of the task keeps.
    fn bounds(&mut self, task: &Task<'_>) -> Result<Bounds, GaveUp> {
        let mut demands = Vec::new();
        required(task, &mut demands);
        let mut bounds = Bounds { greatest_least_first: i64::MIN, least_greatest_last: i64::MAX };
        for demand in demands {
            let (mut first, mut last) = (i64::MAX, i64::MIN);
            self.scan(demand.pool, demand.window, |candidate| {
                first = first.min(candidate.first);
                last = last.max(candidate.last);
                false
            })?;
            bounds.greatest_least_first = bounds.greatest_least_first.max(first);
            bounds.least_greatest_last = bounds.least_greatest_last.min(last);
        }
        Ok(bounds)
    }
}

struct Bounds {
    greatest_least_first: i64,
    least_greatest_last: i64,
}

/// Takes a task apart. What needs a choice goes to `choices`; `false` if it cannot be satisfied at all.
fn expand<'p>(
    task: Task<'p>,
    tasks: &mut Vec<Task<'p>>,
    demands: &mut Vec<Demand>,
    choices: &mut Vec<Task<'p>>,
) -> bool {
    if task.count == 0 {
        return true;
    }
    let node = match task.work {
        Work::Chain([only]) => only,
        Work::Node(node) => node,
        Work::Chain(_) | Work::Branches(_) => {
            choices.push(task);
            return true;
        }
    };
    let with = |node: &'p Node| Task { work: Work::Node(node), ..task };
    match node {
        Node::Never => return false,
        Node::Pool(pool) => demands.push(Demand { pool: *pool, window: task.window, count: task.count }),
        Node::And(list) => tasks.extend(list.iter().map(with)),
        Node::Or(list) => choices.push(Task { work: Work::Branches(list), ..task }),
        Node::FollowedBy(list) => choices.push(Task { work: Work::Chain(list), ..task }),
        Node::Within(..) => choices.push(with(node)),
        Node::Repeats(inner, times) => match task.count.checked_mul(*times) {
            Some(count) => tasks.push(Task { count, ..with(inner) }),
            None => return false,
        },
        Node::Between(inner, low, high) => {
            tasks.push(Task { window: task.window.not_before(*low).not_after(*high), ..with(inner) });
        }
    }
    true
}

/// Demands that hold whatever is chosen in the task.
fn required(task: &Task<'_>, out: &mut Vec<Demand>) {
    fn walk(node: &Node, window: Window, count: u64, out: &mut Vec<Demand>) {
        match node {
            Node::Pool(pool) => out.push(Demand { pool: *pool, window, count }),
            Node::And(list) | Node::FollowedBy(list) => list.iter().for_each(|node| walk(node, window, count, out)),
            Node::Within(inner, _) => walk(inner, window, count, out),
            Node::Repeats(inner, times) => walk(inner, window, count.saturating_mul(*times), out),
            Node::Between(inner, low, high) => walk(inner, window.not_before(*low).not_after(*high), count, out),
            Node::Or(_) | Node::Never => {}
        }
    }
    match task.work {
        Work::Node(node) => walk(node, task.window, task.count, out),
        Work::Chain(list) => list.iter().for_each(|node| walk(node, task.window, task.count, out)),
        Work::Branches(_) => {}
    }
}

fn all_pools(node: &Node, out: &mut Vec<usize>) {
    match node {
        Node::Pool(pool) => out.push(*pool),
        Node::And(list) | Node::Or(list) | Node::FollowedBy(list) => list.iter().for_each(|node| all_pools(node, out)),
        Node::Within(inner, _) | Node::Repeats(inner, _) | Node::Between(inner, ..) => all_pools(inner, out),
        Node::Never => {}
    }
}

/// One demand while the flow is worked out.
struct Group {
    count: u64,
    candidates: Vec<Candidate>,
    /// How many of each candidate it takes.
    taken: Vec<u64>,
    /// All that its candidates could give.
    supply: u64,
}

impl Solver {
    /// Whether all demands can be met together, and if asked for, by whom.
    fn flow(&mut self, demands: &[Demand], wanted: bool) -> Result<Option<Vec<Bound>>, GaveUp> {
        let total = demands.iter().fold(0_u64, |sum, demand| sum.saturating_add(demand.count));
        let mut groups = Vec::with_capacity(demands.len());
        for demand in demands {
            let mut group = Group { count: demand.count, candidates: Vec::new(), taken: Vec::new(), supply: 0 };
            let capacity = std::mem::take(&mut self.capacity);
            let mut seen = self.several_times.then(HashSet::new);
            let scanned = self.scan(demand.pool, demand.window, |candidate| {
                // One of its times is enough to be in the window, and it still is one observation.
                if seen.as_mut().is_some_and(|seen| !seen.insert(candidate.observation)) {
                    return false;
                }
                group.candidates.push(candidate);
                group.supply = group.supply.saturating_add(capacity[candidate.observation]);
                // With as much as all demands together, no other can be in the way.
                group.supply >= total
            });
            self.capacity = capacity;
            scanned?;
            if group.supply < group.count {
                return Ok(None);
            }
            group.taken = vec![0; group.candidates.len()];
            groups.push(group);
        }
        let (hard, easy) = split_by_need(&groups);
        let mut used = HashMap::new();
        if !self.meet_hard(&mut groups, &hard, &mut used)? {
            return Ok(None);
        }
        if !wanted {
            return Ok(Some(Vec::new()));
        }
        for group in easy {
            if self.fill(&mut groups[group], &mut used) > 0 {
                return Err(GaveUp);
            }
        }
        Ok(Some(self.binding(&groups)))
    }

    /// Takes what is free. Returns what is still missing.
    fn fill(&self, group: &mut Group, used: &mut HashMap<usize, u64>) -> u64 {
        let mut missing = group.count;
        for (candidate, taken) in group.candidates.iter().zip(&mut group.taken) {
            let used = used.entry(candidate.observation).or_insert(0);
            let take = missing.min(self.capacity[candidate.observation] - *used);
            *used += take;
            *taken += take;
            missing -= take;
            if missing == 0 {
                break;
            }
        }
        missing
    }

    fn meet_hard(
        &mut self,
        groups: &mut [Group],
        hard: &[usize],
        used: &mut HashMap<usize, u64>,
    ) -> Result<bool, GaveUp> {
        // Who could take an observation, and at which place of its list it stands.
        let mut takers: HashMap<usize, Vec<(usize, usize)>> = HashMap::new();
        for &group in hard {
            for (place, candidate) in groups[group].candidates.iter().enumerate() {
                takers.entry(candidate.observation).or_default().push((group, place));
            }
        }
        for &group in hard {
            self.spend(groups[group].candidates.len())?;
            let mut missing = self.fill(&mut groups[group], used);
            while missing > 0 {
                let moved = self.augment(groups, group, missing, &takers, used)?;
                if moved == 0 {
                    return Ok(false);
                }
                missing -= moved;
            }
        }
        Ok(true)
    }

    /// Finds a free observation for `start`, if need be by letting other groups move on to others. Returns how many
    /// could be had this way.
    fn augment(
        &mut self,
        groups: &mut [Group],
        start: usize,
        missing: u64,
        takers: &HashMap<usize, Vec<(usize, usize)>>,
        used: &mut HashMap<usize, u64>,
    ) -> Result<u64, GaveUp> {
        // How a group was reached: who wants something of it, at which place in whose lists.
        let mut reached: HashMap<usize, Option<(usize, usize, usize)>> = HashMap::from([(start, None)]);
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(group) = queue.pop_front() {
            self.spend(groups[group].candidates.len() + 1)?;
            for place in 0..groups[group].candidates.len() {
                let observation = groups[group].candidates[place].observation;
                let free = self.capacity[observation] - used.get(&observation).copied().unwrap_or(0);
                if free > 0 {
                    let moved = shift(groups, &reached, group, place, missing.min(free));
                    *used.entry(observation).or_insert(0) += moved;
                    return Ok(moved);
                }
                for &(other, other_place) in takers.get(&observation).map_or(&[][..], Vec::as_slice) {
                    if groups[other].taken[other_place] > 0 && !reached.contains_key(&other) {
                        reached.insert(other, Some((group, place, other_place)));
                        queue.push_back(other);
                    }
                }
            }
        }
        Ok(0)
    }

    fn binding(&self, groups: &[Group]) -> Vec<Bound> {
        let mut out = Vec::new();
        for group in groups {
            for (candidate, times) in group.candidates.iter().zip(&group.taken) {
                if *times > 0 {
                    let observation = self.names[candidate.observation];
                    out.push(Bound { leaf: candidate.leaf, observation, times: *times });
                }
            }
        }
        out.sort_unstable_by_key(|bound| (bound.leaf, bound.observation));
        out
    }
}

/// Moves `amount` (or what the way allows) along the way that led to `end`, whose candidate at `place` is free.
fn shift(
    groups: &mut [Group],
    reached: &HashMap<usize, Option<(usize, usize, usize)>>,
    end: usize,
    place: usize,
    mut amount: u64,
) -> u64 {
    let mut at = end;
    while let Some(Some((from, _, own_place))) = reached.get(&at) {
        amount = amount.min(groups[at].taken[*own_place]);
        at = *from;
    }
    groups[end].taken[place] += amount;
    let mut at = end;
    while let Some(Some((from, from_place, own_place))) = reached.get(&at) {
        groups[at].taken[*own_place] -= amount;
        groups[*from].taken[*from_place] += amount;
        at = *from;
    }
    amount
}

/// Sets aside, again and again, groups whose candidates suffice for all that are left: they can be served last. The
/// second list is in the order to serve them.
fn split_by_need(groups: &[Group]) -> (Vec<usize>, Vec<usize>) {
    let mut hard: Vec<usize> = (0..groups.len()).collect();
    let mut easy = Vec::new();
    loop {
        let total = hard.iter().fold(0_u64, |sum, &group| sum.saturating_add(groups[group].count));
        let (now_easy, still_hard): (Vec<_>, Vec<_>) = hard.iter().partition(|&&group| groups[group].supply >= total);
        if now_easy.is_empty() {
            easy.reverse();
            return (still_hard, easy);
        }
        easy.extend(now_easy);
        hard = still_hard;
    }
}
