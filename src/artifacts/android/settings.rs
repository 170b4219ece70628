//! Settings and their changes: service `settings` of a dumpstate.

use crate::artifact::{Artifact, Emitter, Found, Input, ParseError, Reader, Source, Timestamp, reason, section, shape};
use crate::formats::dumpsys_settings::{Change, Fact, Operation, Parser, Setting};
use crate::record::civil_from_days;

shape! {
    /// Setting.
    setting(Configured) {
        name       Public []       "Name of the setting.";
        value      Public [Text]   "Its value: a small number, yes or no, or names of programs. Left out for null.";
        namespace  Public []       "config, global, secure or system.";
        user       Public [Number] "User id; 0 is the owner.";
        set_by     Public [AppId]  "Package that set it last.";
        is_default Public []       "Whether the value is the default the system knows; left out where no default is written.";
        tag        Public []       "Tag its setter gave it.";
    }
}
shape! {
    /// Personal setting.
    personal_setting(Configured) {
        use setting::name;
        value Personal [Text] "Its value: any other text. Left out for null.";
        use setting::namespace;
        use setting::user;
        use setting::set_by;
        use setting::is_default;
        use setting::tag;
    }
}

shape! {
    /// Change.
    change(Configured) {
        setting    Public []      "Name of the setting.";
        old        Public [Text]  "Value before; left out for null.";
        new        Public [Text]  "Value after; left out for null.";
        use setting::namespace;
        use setting::user;
        changed_by Public [AppId] "Package that did it.";
        mode       Public []      "How it was changed, as written.";
        time       Public [Time]  "When, device-local. A change is written without a year: it is the last such date before the acquisition.";
        year_inferred Public [] "True: the year is not written; it is the last such date before the acquisition.";
        time_text  Public []      "The time as written, where no date could be made of it.";
    }
    events {
        setting_changed(time) "{setting}: {old} became {new}, by {changed_by}";
    }
}
shape! {
    /// Personal change.
    personal_change(Configured) {
        use change::setting;
        old Personal [Text] "Value before, of any text; left out for null.";
        new Personal [Text] "Value after, of any text; left out for null.";
        use setting::namespace;
        use setting::user;
        use change::changed_by;
        use change::mode;
        use change::time;
        use change::year_inferred;
        use change::time_text;
    }
    events {
        setting_changed(time) "{setting} was changed by {changed_by}";
    }
}

shape! {
    /// Operation.
    operation(Configured) {
        use change::setting;
        what Public [] "What was done: update, insert, delete, reset, persist, initialize.";
        use setting::namespace;
        use setting::user;
        use change::time;
        use change::time_text;
    }
    events {
        setting_operation(time) "Settings ({namespace}): {what} {setting}";
    }
}

shape! {
    /// Component.
    component(Configured) {
        use change::setting;
        package   Public [AppId] "Package of the component.";
        component Public []      "The component as written, `package/class`; or the package alone.";
        use setting::namespace;
        use setting::user;
        current   Public []      "True when the setting names it now; false when only a former value did.";
    }
}

shape! {
    /// Endpoint.
    endpoint(Configured) {
        use change::setting;
        host Personal [Domain Ip] "Host the setting names.";
        port Public   [Number]    "Port, where one is written.";
        url  Personal [Url]       "URL the setting holds.";
        use setting::namespace;
        use setting::user;
    }
}

/// See its `about`.
pub static ARTIFACT: Artifact = Artifact {
    id: "android.settings",
    about: "The settings database of every user: what is switched on, which programs hold special places (keyboard, \
accessibility, notification listener, VPN), and what was changed.\n\n\
* `setting`: a setting whose value is a small number, yes or no, empty, or names of programs. `personal_setting`: any \
other text. Only the privacy of the value differs.\n\
* `change` and `personal_change`: an entry of a setting's history, with the value before and after and who changed it \
(newer versions of some vendors).\n\
* `operation`: an entry of `Historical operations`, which has a time but no values.\n\
* `component`: one record per program a value names, now or in its history, so that app ids match.\n\
* `endpoint`: proxies, private DNS and URLs, one record each.\n\n\
Limits: most versions keep no history, or the last entries only. History entries have no year.",
    sources: &[Source::service("settings", Reader::With(parse))],
    shapes: &[
        &setting::SHAPE,
        &personal_setting::SHAPE,
        &change::SHAPE,
        &personal_change::SHAPE,
        &operation::SHAPE,
        &component::SHAPE,
        &endpoint::SHAPE,
    ],
    mvt: &["settings", "aqf_settings"],
};

/// Programs taken from one value.
const MAX_COMPONENTS: usize = 256;
/// URLs taken from one value.
const MAX_ENDPOINTS: usize = 256;
/// Years a history entry may lie back: a 29 February needs up to eight.
const MAX_YEARS_BACK: i64 = 8;
/// Digits of a number that is no telephone number, account or identifier.
const MAX_PLAIN_NUMBER: usize = 6;
const DAY: i64 = 86_400_000_000;

/// Settings whose value is a host, with or without a port.
const HOSTS: [&str; 5] =
    ["http_proxy", "global_http_proxy_host", "private_dns_specifier", "ntp_server", "captive_portal_server"];
/// Names of settings that hold packages without a class; and how such names end.
const PACKAGE_SETTINGS: [&str; 4] =
    ["always_on_vpn_lockdown_whitelist", "debug_app", "default_browser", "enabled_notification_policy_access_packages"];
const PACKAGE_ENDINGS: [&str; 5] = ["_app", "_application", "_package", "_packages", "_allowlist"];

fn parse(input: &Input<'_>, emit: &mut Emitter<'_>) -> Result<(), ParseError> {
    let mut parser = Parser::default();
    let mut take = |f: Fact<'_>| match f {
        Fact::Setting(s) => setting(input, emit, s),
        Fact::Operation(o) => operation(input, emit, o),
    };
    let read = section::each_line(input, |no, line| {
        if !is_preamble(line) {
            parser.line(no, line, &mut take);
        }
    })?;
    let notes = parser.finish(&mut take);
    section::close(input, emit, read, notes, "`_id:… name:… value:…` lines")
}

/// Dumpstate passes an argument this service does not know (Android 9 and 10).
fn is_preamble(line: &str) -> bool {
    line.starts_with("Unknown argument: -a")
}

fn setting(input: &Input<'_>, emit: &mut Emitter<'_>, s: &Setting) {
    let plain = is_plain(&s.name, s.value.as_deref());
    let (shape, value) =
        if plain { (&setting::SHAPE, &setting::value) } else { (&personal_setting::SHAPE, &personal_setting::value) };
    let mut out = emit.fields();
    out.set(&setting::name, s.name.as_str())
        .put(value, s.value.as_deref())
        .set(&setting::namespace, s.namespace.as_str())
        .put(&setting::user, s.user)
        .put(&setting::set_by, s.package.as_deref())
        .put(&setting::is_default, s.default.as_ref().map(|d| s.value.as_ref() == Some(d)))
        .put(&setting::tag, s.tag.as_deref());
    emit.emit(shape, section::locator(input, s.line), out);
    for c in &s.history {
        change(input, emit, s, c);
    }
    programs(input, emit, s);
    if let Some(value) = s.value.as_deref() {
        endpoints(input, emit, s, value);
    }
}

fn change(input: &Input<'_>, emit: &mut Emitter<'_>, s: &Setting, c: &Change) {
    let plain = is_plain(&s.name, c.old.as_deref()) && is_plain(&s.name, c.new.as_deref());
    let (shape, old, new) = if plain {
        (&change::SHAPE, &change::old, &change::new)
    } else {
        (&personal_change::SHAPE, &personal_change::old, &personal_change::new)
    };
    let time = yearless(input, &c.time);
    let mut out = emit.fields();
    out.set(&change::setting, s.name.as_str())
        .put(old, c.old.as_deref())
        .put(new, c.new.as_deref())
        .set(&setting::namespace, s.namespace.as_str())
        .put(&setting::user, s.user)
        .put(&change::changed_by, c.package.as_deref())
        .put(&change::mode, c.mode.as_deref())
        .put(&change::time, time)
        .put(&change::year_inferred, time.map(|_| true))
        .put(&change::time_text, time.is_none().then_some(c.time.as_str()));
    emit.emit(shape, section::locator(input, c.line), out);
}

fn operation(input: &Input<'_>, emit: &mut Emitter<'_>, o: Operation<'_>) {
    let time = section::device_local(o.time);
    let mut out = emit.fields();
    out.put(&change::setting, o.name)
        .set(&operation::what, o.what)
        .set(&setting::namespace, o.namespace)
        .put(&setting::user, o.user)
        .found(&change::time, time)
        .put(&change::time_text, (!matches!(time, Found::Is(_))).then_some(o.time));
    emit.emit(&operation::SHAPE, section::locator(input, o.line), out);
}

/// One record per program the value names, then per program only its history names.
fn programs(input: &Input<'_>, emit: &mut Emitter<'_>, s: &Setting) {
    let bare = holds_packages(&s.name);
    let mut seen: Vec<&str> = Vec::new();
    let former = s.history.iter().flat_map(|c| [c.new.as_deref(), c.old.as_deref()]).flatten();
    let texts = s.value.as_deref().map(|v| (true, v)).into_iter().chain(former.map(|v| (false, v)));
    for (current, text) in texts {
        for (package, component) in components(text, bare) {
            if seen.contains(&component) {
                continue;
            }
            if seen.len() >= MAX_COMPONENTS {
                return emit.lost_unknown(reason::COMPONENTS_LIMIT, format!("{}: names too many programs", s.name));
            }
            seen.push(component);
            let mut out = emit.fields();
            out.set(&change::setting, s.name.as_str())
                .set(&component::package, package)
                .set(&component::component, component)
                .set(&setting::namespace, s.namespace.as_str())
                .put(&setting::user, s.user)
                .set(&component::current, current);
            emit.emit(&component::SHAPE, section::locator(input, s.line), out);
        }
    }
}

/// Some settings list several URLs with blanks between them (`allowed_geolocation_origins`): each is a record, or the
/// hosts after the first would never be compared.
fn endpoints(input: &Input<'_>, emit: &mut Emitter<'_>, s: &Setting, value: &str) {
    if is_url(value) {
        for (n, url) in value.split_ascii_whitespace().filter(|t| is_url(t)).enumerate() {
            if n >= MAX_ENDPOINTS {
                return emit.lost_unknown(reason::ENDPOINTS_LIMIT, format!("{}: holds too many URLs", s.name));
            }
            endpoint(input, emit, s, None, None, Some(url));
        }
    } else if HOSTS.contains(&s.name.as_str()) {
        let (host, port) = host_and_port(value);
        // `:0` is how no proxy is written
        if !host.is_empty() {
            endpoint(input, emit, s, Some(host), port, None);
        }
    }
}

fn is_url(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

fn endpoint(
    input: &Input<'_>,
    emit: &mut Emitter<'_>,
    s: &Setting,
    host: Option<&str>,
    port: Option<u16>,
    url: Option<&str>,
) {
    let mut out = emit.fields();
    out.set(&change::setting, s.name.as_str())
        .put(&endpoint::host, host)
        .put(&endpoint::port, port.map(i64::from))
        .put(&endpoint::url, url)
        .set(&setting::namespace, s.namespace.as_str())
        .put(&setting::user, s.user);
    emit.emit(&endpoint::SHAPE, section::locator(input, s.line), out);
}

/// `host:80`, `[::1]:80`, `::1`, `host`.
fn host_and_port(value: &str) -> (&str, Option<u16>) {
    let value = value.trim();
    if let Some((host, rest)) = value.strip_prefix('[').and_then(|v| v.split_once(']')) {
        return (host, rest.strip_prefix(':').and_then(|p| p.parse().ok()));
    }
    match value.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, port.parse().ok()),
        _ => (value, None),
    }
}

/// Programs in a list of components; of packages too, where `bare`. Gives package and component.
fn components(text: &str, bare: bool) -> impl Iterator<Item = (&str, &str)> {
    text.split([':', ';', ',', '|', ' ', '\n', '"']).filter_map(move |token| match token.split_once('/') {
        Some((package, class)) if section::is_package(package) && is_class(class) => Some((package, token)),
        None if bare && section::is_package(token) => Some((token, token)),
        _ => None,
    })
}

fn is_class(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._$".contains(&b))
}

fn holds_packages(name: &str) -> bool {
    PACKAGE_SETTINGS.contains(&name) || PACKAGE_ENDINGS.iter().any(|end| name.ends_with(end))
}

/// True for a value that can be shown without telling of a person.
fn is_plain(name: &str, value: Option<&str>) -> bool {
    let Some(value) = value else { return true };
    let number = value.len() <= MAX_PLAIN_NUMBER && value.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    if number || matches!(value, "true" | "false") {
        return true;
    }
    let bare = holds_packages(name);
    value.split([':', ';', ',']).all(|token| {
        let number = token.strip_prefix('-').unwrap_or(token).bytes().all(|b| b.is_ascii_digit());
        number && value.contains('/') || components(token, bare).any(|(_, component)| component == token)
    })
}

/// `MM-DD hh:mm:ss.mmm` in the last year that puts it before the acquisition. A day is allowed for, as the acquisition
/// may be known in UTC only.
fn yearless(input: &Input<'_>, text: &str) -> Option<Timestamp> {
    let acquired = input.device().acquired?;
    let (this_year, _, _) = civil_from_days(acquired.micros.div_euclid(DAY));
    let (date, clock) = text.trim().split_once(' ')?;
    (0..=MAX_YEARS_BACK).find_map(|back| {
        let year = this_year.checked_sub(back)?;
        let time = section::device_local(&format!("{year:04}-{date} {clock}")).value()?;
        (time.micros <= acquired.micros.saturating_add(DAY)).then_some(Timestamp { year_known: false, ..time })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::artifact::{Place, Privacy};
    use crate::artifact::{Precision, Value};
    use crate::artifacts::testing::{Memory, Run};

    const TEXT: &str = "\
Unknown argument: -a; use -h for help
GLOBAL SETTINGS (user 0)
_id:12 name:package_verifier_enable pkg:com.evil.tool value:0 default:1 defaultSystemSet:true
History (2):
  time:03-29 18:00:00.000 mode:set oldValue:1 newValue:0 package:com.evil.tool
  time:11-02 09:00:00.500 mode:set oldValue:0 newValue:1 package:com.android.settings
_id:13 name:device_name pkg:android value:Phone of Anna default:Phone of Anna defaultSystemSet:true
_id:14 name:http_proxy pkg:android value:10.0.0.9:8080
_id:15 name:captive_portal_http_url pkg:android value:http://check.example.org/204

Historical operations
2022-03-29 18:00:01 update package_verifier_enable

SECURE SETTINGS (user 10)
_id:7 name:enabled_accessibility_services pkg:android value:com.a.spy/.Watch:com.b.tool/com.b.tool.Svc default:{null} defaultSystemSet:true
History (1):
  time:01-01 00:00:00.000 mode:set oldValue:com.gone.app/.Acc newValue:com.a.spy/.Watch package:com.android.settings
_id:8 name:always_on_vpn_app pkg:android value:com.vpn.app
_id:9 name:sleep_timeout pkg:android value:{null}
";

    fn run() -> Run {
        let acquired = section::device_local("2022-03-29 23:30:10").value().unwrap();
        Memory::section("dumpsys settings", TEXT).line(1).acquired(acquired).run(&ARTIFACT)
    }

    #[test]
    fn settings_and_who_set_them() {
        let got = run();
        let settings = got.of("setting");
        let names: Vec<_> = settings.iter().map(|r| r.shown("name")).collect();
        assert_eq!(
            names,
            ["package_verifier_enable", "enabled_accessibility_services", "always_on_vpn_app", "sleep_timeout"]
        );
        let verifier = settings[0];
        assert_eq!(
            (verifier.shown("value"), verifier.shown("set_by"), verifier.shown("is_default")),
            ("0".into(), "com.evil.tool".into(), "false".into())
        );
        assert_eq!(
            (verifier.shown("namespace"), verifier.shown("user"), verifier.locator.as_str()),
            ("global".into(), "0".into(), "line 3")
        );
        assert_eq!((settings[1].shown("namespace"), settings[1].shown("user")), ("secure".into(), "10".into()));
        assert_eq!(settings[3].get("value"), None);
        let personal = got.of("personal_setting");
        assert_eq!(
            personal.iter().map(|r| r.shown("name")).collect::<Vec<_>>(),
            ["device_name", "http_proxy", "captive_portal_http_url"]
        );
        assert_eq!(
            (personal[0].shown("value"), personal[0].privacy("value")),
            ("Phone of Anna".into(), Privacy::Personal)
        );
        assert!(got.tally.notes.is_empty(), "{:?}", got.tally.notes);
    }

    #[test]
    fn changes_get_the_year_before_the_acquisition() {
        let got = run();
        let changes = got.of("change");
        let told: Vec<_> = changes
            .iter()
            .map(|c| [c.shown("old"), c.shown("new"), c.shown("time"), c.shown("changed_by")].join(" "))
            .collect();
        assert_eq!(
            told,
            [
                "1 0 2022-03-29T18:00:00 com.evil.tool",
                "0 1 2021-11-02T09:00:00.500 com.android.settings",
                "com.gone.app/.Acc com.a.spy/.Watch 2022-01-01T00:00:00 com.android.settings",
            ]
        );
        let Some(Value::Time(time)) = changes[1].get("time") else { panic!("a time") };
        assert!(!time.year_known && time.precision == Precision::Milli);
        let operations = got.of("operation");
        assert_eq!(
            (operations[0].shown("setting"), operations[0].shown("time")),
            ("package_verifier_enable".into(), "2022-03-29T18:00:01".into())
        );
        let undated = Memory::section("dumpsys settings", TEXT).run(&ARTIFACT);
        assert_eq!(
            (undated.of("change")[0].get("time"), undated.of("change")[0].shown("time_text")),
            (None, "03-29 18:00:00.000".into())
        );
    }

    #[test]
    fn leap_days_find_their_year() {
        let case =
            |day: &str| Memory::section("dumpsys settings", "").acquired(section::device_local(day).value().unwrap());
        let found = |day: &str, text: &str| {
            let case = case(day);
            let entries = crate::artifact::Evidence::find(&case, &Place::Service("settings")).unwrap();
            yearless(&Input::new(&case, &entries[0], None, true), text).map(|t| t.to_string())
        };
        assert_eq!(found("2023-01-05 00:00:00", "02-29 10:00:00.000").as_deref(), Some("2020-02-29T10:00:00"));
        assert_eq!(found("2023-01-05 00:00:00", "01-05 20:00:00.000").as_deref(), Some("2023-01-05T20:00:00"));
        assert_eq!(found("2023-01-05 00:00:00", "02-30 10:00:00.000"), None);
        assert_eq!(found("2023-01-05 00:00:00", "soon"), None);
    }

    #[test]
    fn programs_and_hosts_are_records_of_their_own() {
        let got = run();
        let told: Vec<_> = got
            .of("component")
            .iter()
            .map(|c| [c.shown("setting"), c.shown("package"), c.shown("component"), c.shown("current")].join(" "))
            .collect();
        assert_eq!(
            told,
            [
                "enabled_accessibility_services com.a.spy com.a.spy/.Watch true",
                "enabled_accessibility_services com.b.tool com.b.tool/com.b.tool.Svc true",
                "enabled_accessibility_services com.gone.app com.gone.app/.Acc false",
                "always_on_vpn_app com.vpn.app com.vpn.app true",
            ]
        );
        let ends = got.of("endpoint");
        assert_eq!((ends[0].shown("host"), ends[0].shown("port")), ("10.0.0.9".into(), "8080".into()));
        assert_eq!(ends[1].shown("url"), "http://check.example.org/204");
    }

    #[test]
    fn each_url_of_a_list_is_a_record() {
        let text = "GLOBAL SETTINGS (user 0)\n\
            _id:1 name:allowed_geolocation_origins pkg:android value:http://a.example.org https://b.example.net/x default:\n\
            _id:2 name:http_proxy pkg:android value::0\n";
        let got = Memory::section("dumpsys settings", text.as_bytes()).run(&ARTIFACT);
        let urls: Vec<_> = got.of("endpoint").iter().map(|r| r.shown("url")).collect();
        assert_eq!(urls, ["http://a.example.org", "https://b.example.net/x"]);
    }

    #[test]
    fn what_is_a_program_and_what_is_personal() {
        let all = |text, bare| components(text, bare).map(|(p, _)| p.to_owned()).collect::<Vec<_>>();
        assert_eq!(all("com.android.latin/.LatinIME;-921088104", false), ["com.android.latin"]);
        assert!(all("/product/media/audio/ui/Undock.ogg text/plain content://media/1", false).is_empty());
        assert!(all("time.android.com", false).is_empty());
        for plain in
            ["0", "-1", "2.5", "true", "com.a.b/.C", "com.a.b/.C:com.d.e/f", "com.android.latin/.LatinIME;-921088104"]
        {
            assert!(is_plain("x", Some(plain)), "{plain}");
        }
        for personal in ["Anna", "0612345678", "1578438000000", "anna@example.org", "com.a.b", "a/b"] {
            assert!(!is_plain("x", Some(personal)), "{personal}");
        }
        assert_eq!(host_and_port("[::1]:80"), ("::1", Some(80)));
        assert_eq!((host_and_port("fe80::1"), host_and_port(":0")), (("fe80::1", None), ("", Some(0))));
    }
}
