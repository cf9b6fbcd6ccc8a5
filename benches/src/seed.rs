//! Fills a running hub with the mix of items that the predecessor was measured with.

use std::time::Instant;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::client::Client;

/// The predecessor's mix: 20 % hardware, 30 % VMs, 35 % apps, 7 % storage, 8 % misc, ten networks. Answers the ids
/// of the hardware.
pub(crate) fn seed(address: &str, items: usize) -> Result<Vec<i64>> {
    let mut connection = Client::connect(address)?;
    let start = Instant::now();
    let networks: Vec<Value> = (0..10)
        .map(|n| row("networks", json!({"name": format!("net-{n}"), "subnet": format!("10.{n}.0.0/16")})))
        .collect();
    bulk(&mut connection, &networks)?;
    let share = |percent: usize| items * percent / 100;
    let ip = |n: usize| format!("10.{}.{}.{}", n % 10, n / 250 % 250, n % 250 + 1);
    let hosts: Vec<Value> = (0..share(20))
        .map(|n| row("hardware", json!({"name": format!("host-{n:05}"), "hostname": format!("host-{n:05}.lan"), "ip_address": ip(n), "mac_address": format!("02:00:00:{:02x}:{:02x}:{:02x}", n >> 16, n >> 8 & 255, n & 255), "os": "Debian 12", "cpu": "Intel N100", "cpu_cores": 4, "ram_gb": 16, "make": "Make", "model": "Model", "location": "Rack 1", "notes": "seeded for the measurement"})))
        .collect();
    let hosts = bulk(&mut connection, &hosts)?;
    let vms: Vec<Value> = (0..share(30))
        .map(|n| row("vms", json!({"name": format!("vm-{n:05}"), "hardware_id": hosts[n % hosts.len()], "ip_address": ip(n + 7), "os": "Debian 12", "cpu_cores": 2, "ram_gb": 4, "disk_gb": 32})))
        .collect();
    let vms = bulk(&mut connection, &vms)?;
    let apps: Vec<Value> = (0..share(35)).map(|n| row("apps", json!({"name": format!("app-{n:05}"), "vm_id": vms[n % vms.len()], "port": 8000 + n % 1000, "ip_address": ip(n + 13)}))).collect();
    bulk(&mut connection, &apps)?;
    let storage: Vec<Value> = (0..share(7)).map(|n| row("storage", json!({"name": format!("pool-{n:05}"), "hardware_id": hosts[n % hosts.len()], "storage_type": "SSD", "raw_space_tb": 4.0}))).collect();
    bulk(&mut connection, &storage)?;
    let misc: Vec<Value> = (0..share(8))
        .map(|n| {
            row(
                "misc",
                json!({"name": format!("thing-{n:05}"), "category": "Sensor", "ip_address": ip(n + 29)}),
            )
        })
        .collect();
    bulk(&mut connection, &misc)?;
    println!("seeded in {:.1} s", start.elapsed().as_secs_f64());
    Ok(hosts)
}

/// A row of a bulk request.
fn row(kind: &str, data: Value) -> Value {
    let mut row = json!({"type": kind});
    row["data"] = data;
    row
}

fn bulk(connection: &mut Client, rows: &[Value]) -> Result<Vec<i64>> {
    let mut ids = Vec::new();
    for some in rows.chunks(1_000) {
        let answer = connection.ask("POST", "/api/bulk", &json!({"create": some}).to_string())?;
        let answer: Value = serde_json::from_slice(&answer)?;
        let created = answer["data"]["created"].as_array().context("no rows")?;
        ids.extend(created.iter().filter_map(|row| row["id"].as_i64()));
    }
    Ok(ids)
}
