//! `http_probe`.

use std::time::Duration;

use labkeeper_core::discovery::WebAddress;
use labkeeper_core::fault::{Code, Fault};
use labkeeper_core::pve::{ClusterName, VmId};
use labkeeper_core::shell::{Command, End, Finished};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::tcp_ping::{milliseconds, out_of_bounds, patience};
use crate::cx::Cx;
use crate::operation::{Meta, Operation, Route, Toolset};
use crate::site::Site;

/// How much longer than the request its program may take in a guest.
const GRACE: Duration = Duration::from_secs(5);

/// Ask a web server once for its status, time and size, not what it says; from labkeeper's machine, or with fromVmid from inside a guest.
/// Redirects are not followed. No answer is status 0.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct HttpProbe {
    /// `http://…` or `https://…`.
    #[schemars(length(min = 1, max = 2000))]
    pub url: String,
    /// The status that is good; 200 to 399 when left out.
    #[serde(default)]
    pub expect_status: Option<u16>,
    /// How long it may take in all, in milliseconds; 5000 when left out, 30000 at most.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// Ask from inside this guest, with its curl or wget.
    #[serde(default)]
    pub from_vmid: Option<VmId>,
    /// In which cluster that guest is; only where several have that number.
    #[serde(default)]
    pub cluster: Option<ClusterName>,
}

/// What came of it.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Probed {
    /// What was asked for.
    pub url: String,
    /// The status; 0 when there was no answer.
    pub status: u16,
    /// The status is good.
    pub ok: bool,
    /// Milliseconds to the end of the answer.
    pub latency_ms: f64,
    /// Bytes of the body that were read; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body_bytes: Option<u64>,
    /// There was more of it than is read.
    pub body_cut: bool,
    /// With https: whether the certificate was checked. It never is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_verified: Option<bool>,
    /// The address that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// `host`: the machine that labkeeper runs on; or `vmid:101`.
    pub from: String,
}

impl Operation for HttpProbe {
    type Output = Probed;
    const META: Meta = Meta::read("http_probe", "Ask a web server", Toolset::Discovery)
        .open_world()
        .routes(&[Route::post("/api/probe/http")]);

    async fn run(self, cx: &mut Cx) -> Result<Probed, Fault> {
        let web = WebAddress::parse(&self.url).map_err(|error| Fault::invalid("url", error.to_string()))?;
        let patience = patience(self.timeout_ms)?;
        let mut probed = match self.from_vmid {
            None => from_here(cx, &web, patience).await?,
            Some(vmid) => self.inside(cx, vmid, &web, patience).await?,
        };
        probed.ok = match self.expect_status {
            Some(expected) => probed.status == expected,
            None => (200..400).contains(&probed.status),
        };
        probed.tls_verified = web.secure.then_some(false);
        probed.url = self.url;
        Ok(probed)
    }
}

async fn from_here(cx: &Cx, web: &WebAddress, patience: Duration) -> Result<Probed, Fault> {
    let fetched = cx.house().scout().fetch(web, patience).await;
    let fetched = fetched.map_err(|refused| out_of_bounds("url", &refused))?;
    Ok(Probed {
        status: fetched.status.unwrap_or(0),
        latency_ms: milliseconds(fetched.latency),
        body_bytes: Some(fetched.body_bytes),
        body_cut: fetched.is_cut,
        address: fetched.address.map(|address| address.to_string()),
        reason: fetched.reason,
        from: "host".into(),
        ..Probed::default()
    })
}

impl HttpProbe {
    async fn inside(
        &self,
        cx: &Cx,
        vmid: VmId,
        web: &WebAddress,
        patience: Duration,
    ) -> Result<Probed, Fault> {
        let site = Site::guest_or_host(cx, Some(vmid), None, self.cluster.as_ref()).await?;
        let from = format!("vmid:{vmid}");
        let ran = site.ask(&Command::argv(curl(web, patience), patience + GRACE)).await?;
        if ran.end != End::Code(127) {
            return Ok(Probed { from, ..read_curl(&ran) });
        }
        let ran = site.ask(&Command::argv(wget(web), patience)).await?;
        if ran.end == End::Code(127) {
            let fault = Fault::new(Code::Conflict, format!("{} has neither curl nor wget", site.name()));
            return Err(fault
                .with_field("fromVmid")
                .with_hint("install one of them there, or probe from here"));
        }
        Ok(Probed { from, ..read_wget(&ran) })
    }
}

/// One request of one of the two schemes, by no proxy, not longer than that.
fn curl(web: &WebAddress, patience: Duration) -> Vec<String> {
    let mut words: Vec<String> = [
        "curl",
        "--insecure",
        "--silent",
        "--globoff",
        "--proto",
        "=http,https",
        "--noproxy",
        "*",
        "--output",
        "/dev/null",
        "--write-out",
        "%{http_code} %{size_download} %{time_total}",
        "--max-time",
    ]
    .map(str::to_owned)
    .into();
    words.extend([format!("{:.3}", patience.as_secs_f64()), "--".into(), web.text()]);
    words
}

fn read_curl(ran: &Finished) -> Probed {
    let text = String::from_utf8_lossy(&ran.stdout.head).into_owned();
    let mut words = text.split_whitespace();
    let status = words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
    let bytes = words.next().and_then(|word| word.parse().ok());
    let seconds: f64 = words.next().and_then(|word| word.parse().ok()).unwrap_or(0.0);
    Probed {
        status,
        body_bytes: bytes,
        latency_ms: (seconds * 100_000.0).round() / 100.0,
        body_cut: status != 0 && ran.end != End::Code(0),
        reason: (status == 0).then(|| why(&ran.end)),
        ..Probed::default()
    }
}

/// What curl's codes mean that are seen most.
fn why(end: &End) -> String {
    match end {
        End::Code(6) => "the name has no address there".into(),
        End::Code(7) => "refused, or no way there".into(),
        End::Code(28) => "no answer in time".into(),
        End::Code(35) => "no TLS could be agreed on".into(),
        End::Code(52) => "it closed without an answer".into(),
        End::Code(code) => format!("curl ended with {code}"),
        other => format!("curl ended: {other:?}"),
    }
}

/// BusyBox' wget knows these options too, in every build, and names the status among the headers that it shows.
fn wget(web: &WebAddress) -> Vec<String> {
    ["wget", "-S", "-q", "--no-check-certificate", "-O", "/dev/null", &web.text()].map(str::to_owned).into()
}

fn read_wget(ran: &Finished) -> Probed {
    let text = String::from_utf8_lossy(&ran.stderr.head).into_owned();
    // It follows redirects; the first answer is the one that was asked for.
    let first = text.lines().find_map(|line| {
        let rest = line.trim_start().strip_prefix("HTTP/")?;
        rest.split_whitespace().nth(1)?.parse().ok()
    });
    // Without its headers a page that was there was good.
    let status = first.or((ran.end == End::Code(0)).then_some(200)).unwrap_or(0);
    Probed {
        status,
        reason: (status == 0).then(|| format!("wget had no answer ({:?})", ran.end)),
        ..Probed::default()
    }
}

#[cfg(test)]
mod tests {
    use labkeeper_core::shell::Captured;

    use super::*;

    fn ran(code: i32, stdout: &str, stderr: &str) -> Finished {
        let captured = |text: &str| Captured { head: text.into(), ..Captured::default() };
        Finished { end: End::Code(code), stdout: captured(stdout), stderr: captured(stderr) }
    }

    #[test]
    fn what_programs_say_is_read() {
        let good = read_curl(&ran(0, "302 154 0.012345", ""));
        assert_eq!(
            (good.status, good.body_bytes, good.latency_ms, good.reason),
            (302, Some(154), 12.35, None)
        );
        let closed = read_curl(&ran(7, "000 0 0.001", ""));
        assert_eq!((closed.status, closed.reason.as_deref()), (0, Some("refused, or no way there")));
        let redirected = "  HTTP/1.1 301 Moved Permanently\n  Location: /x\n  HTTP/1.1 404 Not Found\nwget: server returned error";
        assert_eq!(read_wget(&ran(8, "", redirected)).status, 301);
        assert_eq!(read_wget(&ran(1, "", "wget: can't connect")).status, 0);
    }

    #[test]
    fn no_address_becomes_an_option() {
        let web = WebAddress::parse("http://10.0.0.1/--output=/etc/x").unwrap();
        let words = curl(&web, Duration::from_millis(1500));
        assert_eq!(words[words.len() - 3..], ["1.500", "--", "http://10.0.0.1/--output=/etc/x"]);
        assert_eq!(wget(&web).last().unwrap(), "http://10.0.0.1/--output=/etc/x");
    }
}
