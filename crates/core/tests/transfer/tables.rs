//! CSV in and out.

use labkeeper_core::inventory::Kind;
use labkeeper_core::transfer::write_csv;
use serde_json::json;

use crate::hub::Hub;

#[test]
fn a_table_may_say_in_its_name_or_in_a_column_what_it_lists() {
    let mut hub = Hub::default();
    hub.import("Name,IP address,Cores\npve,10.0.0.1,8\n", "my hardware (2).csv");
    hub.import("type;name;hardware_id;os\nvm;web;pve;Debian\nct;dns;PVE;Alpine\n", "export.csv");
    assert_eq!(hub.item("pve").fields["cpu_cores"], 8);
    assert_eq!(hub.item("pve").fields["addresses"], json!([{"ip": "10.0.0.1", "primary": true}]));
    assert_eq!((hub.item("web").kind, hub.item("dns").kind), (Kind::Vms, Kind::Containers));
    assert_eq!((hub.parent("web"), hub.parent("dns")), (Some("pve"), Some("pve")));
}

#[test]
fn columns_are_found_by_field_label_unit_or_parent() {
    let mut hub = Hub::default();
    hub.import("name\npve\n", "hardware.csv");
    let report = hub.import(
        "sep=;\r\nName;IP;MAC;RAM (GB);Hardware;Notes\r\nweb;10.0.0.9;bc:24:11:00:00:21;4;pve;\"two\r\nlines\"\r\ndb;;;lots;;\r\n",
        "vms.csv",
    );
    let web = &hub.item("web").fields;
    assert_eq!(web["addresses"], json!([{"ip": "10.0.0.9", "mac": "bc:24:11:00:00:21", "primary": true}]));
    assert_eq!((&web["ram_gb"], &web["notes"]), (&json!(4.0), &json!("two\r\nlines")));
    assert_eq!(hub.parent("web"), Some("pve"));
    let problems: Vec<_> = report.problems.iter().map(|p| (p.row.as_str(), p.field.as_deref())).collect();
    assert_eq!(problems, [(Some("line 5"), Some("ram_gb"))], "lines as an editor counts them");
}

#[test]
fn a_column_called_type_may_be_the_type_of_the_thing_itself() {
    let mut hub = Hub::default();
    hub.import("Name,Type,IP\nmedia,NFS,10.0.0.4\n", "shares.csv");
    let media = &hub.item("media").fields;
    assert_eq!(media["share_type"], "NFS");
    assert_eq!(media["addresses"], json!([{"ip": "10.0.0.4", "primary": true}]));
}

#[test]
fn cells_that_belong_nowhere_are_kept_and_named() {
    let mut hub = Hub::default();
    let report = hub.import("id,name,name,custom\nsrv-1,web,alias,x,y\n", "vms.csv");
    assert_eq!(
        hub.item("web").fields["custom"],
        json!({"column 3": "alias", "custom": "x", "column 5": "y", "id": "srv-1"})
    );
    let named: Vec<_> = report.problems.iter().filter_map(|problem| problem.field.as_deref()).collect();
    assert_eq!(named, ["column 3", "column 5", "id"]);
}

#[test]
fn a_table_that_was_cut_off_within_a_cell_says_so() {
    let mut hub = Hub::default();
    let report = hub.import("name,os\nrack,19\"\nb,\"deb\"\"ian\"\nweb,\"Debian\nc,d\n", "vms.csv");
    assert_eq!(report.problems.len(), 1, "{:?}", report.problems);
    assert!(report.problems[0].what.contains("never closed"), "{:?}", report.problems);
    let whole = hub.import("name,os\nx,\"a\"\n", "vms.csv");
    assert!(whole.problems.is_empty(), "{:?}", whole.problems);
}

#[test]
fn rows_that_cannot_be_told_and_cells_that_do_not_fit_are_named() {
    let mut hub = Hub::default();
    let report = hub.import(
        "type,name,port,extra\napps,web,many,1\nunicorn,x,1,2\n,,,\napps,\"a, b\",80,,too many\n",
        "mixed.csv",
    );
    assert_eq!((report.rows_in, report.rows_left_out), (3, 1));
    assert_eq!(hub.item("web").fields["notes"], "port: many");
    assert_eq!(hub.item("web").fields["custom"], json!({"extra": "1"}));
    assert_eq!(hub.item("a, b").fields["custom"], json!({"column 5": "too many"}));
    let stranger = report.problems.iter().find(|problem| problem.rows_left_out == 1).unwrap();
    assert_eq!(
        (stranger.row.as_str(), stranger.value.as_ref().and_then(|v| v.as_str())),
        (Some("line 3"), Some("unicorn"))
    );
}

#[test]
fn a_parent_that_nobody_knows_is_named_and_the_row_imported() {
    let mut hub = Hub::default();
    let report = hub.import("name,hardware_id\nweb,nowhere\n", "vms.csv");
    assert_eq!(hub.parent("web"), None);
    assert!(report.problems[0].what.contains("names no hardware"));
}

#[test]
fn our_own_table_edited_in_a_spreadsheet_updates_what_was_edited() {
    let mut hub = Hub::default();
    hub.import("type,name,ip_address,os,tags,custom.rack,notes\nhardware,pve,\"10.0.0.1, 10.0.0.2\",Debian,\"a, b\",7,=SUM(A1)\nvms,web,10.0.0.3,,,,\n", "x.csv");
    let table = write_csv(&hub.lab, None);
    assert!(table.contains("'=SUM(A1)"), "a spreadsheet must not run it: {table}");
    assert!(hub.import(&table, "labkeeper-inventory.csv").nothing_to_do);
    let edited = table.replace("Debian", "Debian 13").replace(&hub.item("pve").updated_at.text(), "");
    let report = hub.import(&edited, "labkeeper-inventory.csv");
    assert_eq!(
        report.updates.iter().map(|update| (update.name.as_str(), &update.fields)).collect::<Vec<_>>(),
        [("pve", &vec!["os".to_string()])]
    );
    assert_eq!(hub.item("pve").fields["notes"], "=SUM(A1)");
    let vms = write_csv(&hub.lab, Some(Kind::Vms));
    assert!(vms.starts_with("id,name,hardware_id,vmid,") && vms.lines().count() == 2, "{vms}");
    assert!(hub.import(&vms, "labkeeper-vms.csv").nothing_to_do);
}

#[test]
fn a_western_single_byte_file_is_read() {
    let bytes = b"name,notes\nb\xfccher,caf\xe9 \x96 it\x92s 5 \x80\n";
    let Ok(labkeeper_core::transfer::Source::Ready(incoming)) =
        labkeeper_core::transfer::read(bytes, Some("misc.csv"))
    else {
        panic!("refused")
    };
    let mut hub = Hub::default();
    hub.take(&incoming, labkeeper_core::transfer::Mode::Merge);
    assert_eq!(hub.item("bücher").fields["notes"], "café – it’s 5 €");
}
