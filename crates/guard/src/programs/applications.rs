//! Applications: converters of media, and the programs by which services are controlled.

use super::call::{Call, Rows, head, shown, touch_all};
use super::does::{ask, benign, read};
use super::grammar::{anywhere, parse};
use crate::effect::{Effect, Touch};

pub(super) const ROWS: Rows = &[
    (
        "sane-find-scanner|scanimage|lp|lpr|cancel|lprm|convert|magick|mogrify|ffmpeg|sox|pandoc|\
         exiftool|qpdf|gs|tesseract|cwebp|pngcrush|optipng|jpegoptim|HandBrakeCLI|mkvmerge|mkvpropedit|\
         mkvextract|compare|composite|montage|display|stream|conjure|ghostscript|ps2pdf|pdf2ps|img2pdf|ocrmypdf|\
         rsgain|jpegtran|cjxl|djxl|avifenc|pdftk|pdfunite|pdfseparate|pdftoppm|pdftocairo|yt-dlp-mux|mp4box|inkscape|libreoffice|soffice|dot|gnuplot|xrandr|arecord|amixer|pactl|\
         playerctl|notify-send|espeak",
        media,
    ),
    (
        "occ|rabbitmqctl|kafka-topics|kafka-topics.sh|jenkins-cli|gitlab-ctl|gitlab-rake|gitea|forgejo|\
         authentik|vaultwarden|immich|n8n|ha|hassio|octoprint|pihole-FTL|homebridge|node-red|frigate|\
         zigbee2mqtt|mosquitto_pub|mosquitto_passwd|mosquitto_rr|zabbix_server|zabbix_sender|zabbix_agentd|\
         grafana|grafana-cli|grafana-server|telegraf|vector|amtool|logcli|loki|promtail|checkmk|omd|cmk|icinga2|\
         nagios|netdata|netdatacli|influx_inspect|uptime-kuma|plexmediaserver|jellyfin|ddclient|inadyn|\
         noip2|cloudflare-ddns",
        application,
    ),
    (
        "ntfy|apprise|telegram-send|gotify|pushover|signal-cli|hass|esphome|openhab-cli|syncthing|wazuh-control|ossec-control|authelia|rspamadm|easyrsa|nextcloudcmd",
        application,
    ),
    ("labkeeper", labkeeper),
];

/// Converters write what they are told to last, or with `-o`.
fn media(call: &Call<'_>) -> Vec<Effect> {
    let parsed = parse(call, anywhere("ofit", "output"));
    let mut effects = touch_all(Touch::Write, parsed.values(&["-o", "--output"]));
    if matches!(call.name, "ffmpeg" | "convert" | "magick" | "gs" | "sox" | "cwebp" | "qpdf" | "tesseract") {
        effects.extend(touch_all(
            Touch::Write,
            parsed
                .operands
                .last()
                .copied()
                .filter(|word| !shown(word).starts_with('-') && shown(word) != "null"),
        ));
    }
    if call.args.iter().any(|word| head(word).starts_with("--filter") || head(word) == "-F")
        && call.name == "pandoc"
        || call.texts().any(|arg| arg.contains("macro:"))
    {
        effects.extend(ask(call));
    }
    effects.extend(benign(call));
    effects
}

/// Control programs of applications: their reading verbs are much alike.
fn application(call: &Call<'_>) -> Vec<Effect> {
    const READS: &str = "\
        status list info show version --version -V -v check report tail query get ls logs log app:list \
        config:list user:list maintenance:mode-status list_queues list_users list_connections \
        cluster_status node_health_check alert silence labels series describe --describe --list -p -t \
        core stats ping buildinfo --test --config-check -h help doctor environment check_config validate-config healthcheck";
    const STOPS: &str = "\
        stop delete remove rm kill purge reset disable uninstall down shutdown --delete erase drop \
        user:delete group:delete";
    let verb = call.texts().find(|arg| !arg.starts_with('-')).unwrap_or_default();
    if matches!(
        call.name,
        "mosquitto_pub"
            | "zabbix_sender"
            | "mosquitto_rr"
            | "ntfy"
            | "apprise"
            | "telegram-send"
            | "gotify"
            | "pushover"
    ) {
        return benign(call);
    }
    if call.any_of(STOPS) {
        super::does::down(call)
    } else if call.any_of(READS)
        || call.args.is_empty()
        || verb.ends_with(":list")
        || verb.ends_with(":info")
        // A part of Home Assistant by its name alone says how it is.
        || call.name == "ha" && call.texts().filter(|word| !word.starts_with('-')).count() == 1
        || verb.ends_with(":status")
        || call.any(&["maintenance:mode"]) && !call.any(&["--on"])
    {
        read(call)
    } else if call.any(&[
        "restart",
        "start",
        "reload",
        "reconfigure",
        "files:scan",
        "update",
        "backup",
        "backups",
        "hup",
        "export",
        "import",
        "dump",
        "upgrade",
        "add",
        "create",
        "files:cleanup",
    ]) || verb.starts_with("files:")
        || verb.starts_with("db:add")
        || verb.starts_with("preview:")
        || verb.starts_with("background:")
        || verb.starts_with("maintenance:")
        || verb.starts_with("export:")
        || [":update", ":scan", ":repair", ":cleanup", ":enable"].iter().any(|end| verb.ends_with(end))
    {
        benign(call)
    } else if matches!((call.name, verb), ("esphome", "config"))
        || call.name == "pihole-FTL" && call.any(&["--config"]) && call.args.len() == 2
    {
        read(call)
    } else {
        super::does::ask_unless_reading(call)
    }
}

/// labkeeper itself: what it guards must not be switched off through it.
fn labkeeper(call: &Call<'_>) -> Vec<Effect> {
    let reads = ["guard", "redact", "doctor", "--version", "version", "help", "--help", "status", "search"];
    if call.args.is_empty()
        || call.texts().next().is_some_and(|verb| reads.contains(&verb))
        || call.any(&["verify", "list", "show", "--help"])
    {
        read(call)
    } else {
        super::does::access(call)
    }
}

#[cfg(test)]
mod tests {
    use super::super::trial::table;
    use crate::judgement::Level::{Allow, Confirm};

    #[test]
    fn applications_are_looked_at_and_asked_about() {
        table(&[
            (Allow, "ha core check"),
            (Allow, "ha os --raw-json"),
            (Confirm, "ha host reboot"),
            (Allow, "mosquitto_pub -t x -m y"),
        ]);
    }
}
