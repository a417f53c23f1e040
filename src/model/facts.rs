//! What a machine is, as nixos-facter reports it: versions 1 and 2, unknown fields ignored.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// The part of a report that Cistern decides by.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The platform, as Nix names it.
    pub system: Option<String>,
    /// The hypervisor, when the machine is virtual.
    pub virtualisation: Option<String>,
    /// Whether the report says that the machine is none of a hypervisor's.
    pub bare_metal: bool,
    /// Whether the firmware is UEFI; unknown in old reports.
    pub uefi: Option<bool>,
    /// Memory in bytes.
    pub memory: u64,
    /// Logical processors.
    pub cpus: u32,
    /// Disks by their device names, the by-id ones among them.
    pub disks: Vec<Disk>,
    /// Network interfaces.
    pub interfaces: Vec<Interface>,
    /// Kernel modules that drive storage, keyboards and disks: needed before the root file system is there.
    pub boot_modules: Vec<String>,
    /// Whether it is a Raspberry Pi 4.
    pub raspberry_pi_4: bool,
    /// Whether it has a graphics processor that can compute, and not only a screen.
    pub gpu: bool,
}

/// A disk.
#[derive(Debug, Clone)]
pub struct Disk {
    /// Its device names.
    pub names: Vec<String>,
    /// Its size in bytes, where the report tells.
    pub bytes: Option<u64>,
}

/// A network interface.
#[derive(Debug, Clone)]
pub struct Interface {
    /// The kernel's name.
    pub name: String,
    /// Its MAC address in lower case, where the report tells.
    pub mac: Option<String>,
    /// Whether it is a radio.
    pub wireless: bool,
    /// Whether it is a card, and not made by software.
    pub card: bool,
}

#[derive(Deserialize)]
struct Report {
    version: u16,
    system: Option<String>,
    virtualisation: Option<String>,
    uefi: Option<Uefi>,
    hardware: Hardware,
}

#[derive(Deserialize)]
struct Uefi {
    supported: Option<bool>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Hardware {
    cpu: Vec<Option<Cpu>>,
    disk: Vec<Device>,
    memory: Vec<Device>,
    network_interface: Vec<Device>,
    network_controller: Vec<Device>,
    storage_controller: Vec<Device>,
    usb_controller: Vec<Device>,
    graphics_card: Vec<Device>,
}

#[derive(Deserialize)]
struct Cpu {
    siblings: Option<u32>,
    cores: Option<u32>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Device {
    unix_device_name: Option<String>,
    unix_device_names: Vec<String>,
    driver: Option<String>,
    driver_modules: Vec<String>,
    resources: Vec<Resource>,
    mac: Option<String>,
    sub_class: SubClass,
}

/// What a device is among those of its class; old reports hold an object, and some a text.
#[derive(Deserialize, Default)]
#[serde(untagged)]
enum SubClass {
    Named {
        name: Option<String>,
    },
    Text(String),
    Other(IgnoredAny),
    #[default]
    Absent,
}

impl SubClass {
    fn name(&self) -> &str {
        match self {
            Self::Named { name } => name.as_deref().unwrap_or_default(),
            Self::Text(name) => name,
            Self::Other(_) | Self::Absent => "",
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Resource {
    PhysMem {
        range: u64,
    },
    Size {
        unit: String,
        value_1: u64,
        value_2: Option<u64>,
    },
    Hwaddr {
        address: LooseText,
    },
    Phwaddr {
        address: LooseText,
    },
    #[serde(other)]
    Other,
}

/// Text, or something else that an odd report holds in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum LooseText {
    Text(String),
    Other(IgnoredAny),
}

/// Drivers of interfaces that no card has.
const MADE_BY_SOFTWARE: &[&str] =
    &["bonding", "bridge", "dummy", "ipvlan", "macvlan", "team", "tun", "veth", "vxlan", "wireguard"];

/// Drivers of graphics processors that can compute.
const GRAPHICS: &[&str] = &["amdgpu", "i915", "nouveau", "nvidia", "radeon", "xe"];

/// Reads a report.
///
/// # Errors
/// Why it is not one, in a clause.
pub fn read(text: &str) -> Result<Facts, String> {
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('{') {
        return Err("it does not begin with `{`; was a log stored with it?".to_owned());
    }
    let report: Report = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if !(1..=2).contains(&report.version) {
        return Err(format!("its version is {}; 1 and 2 are read", report.version));
    }
    let hardware = report.hardware;
    let boot = hardware.storage_controller.iter().chain(&hardware.disk).chain(&hardware.usb_controller);
    let mut boot_modules: Vec<String> = boot.flat_map(|device| device.driver_modules.iter().cloned()).collect();
    boot_modules.sort();
    boot_modules.dedup();
    let drives = |device: &Device, name: &str| {
        device.driver.as_deref() == Some(name) || device.driver_modules.iter().any(|module| module == name)
    };
    let cpus = hardware.cpu.iter().flatten().map(|cpu| cpu.siblings.or(cpu.cores).unwrap_or(1)).sum();
    Ok(Facts {
        raspberry_pi_4: report.system.as_deref() == Some("aarch64-linux")
            && hardware.network_controller.iter().chain(&hardware.network_interface).any(|d| drives(d, "bcmgenet")),
        gpu: hardware.graphics_card.iter().any(|card| GRAPHICS.iter().any(|name| drives(card, name))),
        system: report.system,
        bare_metal: report.virtualisation.as_deref() == Some("none"),
        virtualisation: report.virtualisation.filter(|kind| kind != "none"),
        uefi: report.uefi.and_then(|uefi| uefi.supported),
        memory: hardware.memory.iter().flat_map(|m| &m.resources).filter_map(Resource::memory).sum(),
        cpus,
        disks: hardware.disk.into_iter().map(Device::disk).collect(),
        interfaces: hardware.network_interface.into_iter().filter_map(Device::interface).collect(),
        boot_modules,
    })
}

impl Device {
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.unix_device_name.iter().chain(&self.unix_device_names).cloned().collect();
        names.dedup();
        names
    }

    fn disk(self) -> Disk {
        let bytes = self.resources.iter().find_map(Resource::size);
        Disk { names: self.names(), bytes }
    }

    fn interface(self) -> Option<Interface> {
        let name = self.names().into_iter().next()?;
        // Some reports hold no more than the first byte of an address; that is no address.
        let told = self.resources.iter().filter_map(|resource| match resource {
            Resource::Phwaddr { address: LooseText::Text(mac) }
            | Resource::Hwaddr { address: LooseText::Text(mac) } => Some(mac),
            _ => None,
        });
        let mac = self.mac.iter().chain(told).find(|mac| mac.len() == 17).map(|mac| mac.to_ascii_lowercase());
        // systemd names radios so, and older kernels did.
        let wireless = name.starts_with("wl") || self.sub_class.name().to_ascii_uppercase().contains("WLAN");
        let driver = self.driver.as_deref().or(self.driver_modules.first().map(String::as_str));
        let card = driver.is_some_and(|driver| !MADE_BY_SOFTWARE.contains(&driver));
        (name != "lo").then_some(Interface { name, mac, wireless, card })
    }
}

impl Disk {
    /// The name that stays when disks are added or swapped: by-id first.
    pub fn stable_name(&self) -> Option<&str> {
        let by_id = self.names.iter().find(|name| name.starts_with("/dev/disk/by-id/"));
        by_id.or_else(|| self.names.first()).map(String::as_str)
    }
}

impl Resource {
    fn memory(&self) -> Option<u64> {
        if let Self::PhysMem { range } = self { Some(*range) } else { None }
    }

    fn size(&self) -> Option<u64> {
        match self {
            Self::Size { unit, value_1, value_2 } if unit == "sectors" => Some(value_1 * value_2.unwrap_or(512)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_read() {
        let old = r#"{"version":1,"system":"x86_64-linux","virtualisation":"none","hardware":{"cpu":[{"cores":4,"siblings":8},null],
            "memory":[{"resources":[{"type":"phys_mem","range":8589934592}]}],
            "disk":[{"unix_device_name":"/dev/sda","unix_device_names":["/dev/disk/by-id/ata-X","/dev/sda"],
                     "resources":[{"type":"size","unit":"sectors","value_1":100,"value_2":512},{"type":"disk_geo","cylinders":1}]}],
            "network_interface":[{"unix_device_name":"enp3s0","resources":[{"type":"hwaddr","address":"AA:BB:CC:DD:EE:FF"}]}],
            "storage_controller":[{"driver_modules":["ahci"]}]}}"#;
        let facts = read(old).unwrap();
        assert_eq!((facts.memory, facts.cpus, facts.uefi), (8 << 30, 8, None));
        assert_eq!(facts.disks[0].stable_name(), Some("/dev/disk/by-id/ata-X"));
        assert_eq!(facts.disks[0].bytes, Some(51200));
        assert_eq!(facts.interfaces[0].mac.as_deref(), Some("aa:bb:cc:dd:ee:ff"));
        assert_eq!(facts.boot_modules, ["ahci"]);
        let new = r#"{"version":2,"system":"aarch64-linux","virtualisation":"kvm","uefi":{"supported":true},"later":{"x":1},
            "hardware":{"network_controller":[{"driver":"bcmgenet","vendor":"Broadcom"}]}}"#;
        let facts = read(new).unwrap();
        assert_eq!(
            (facts.uefi, facts.virtualisation.as_deref(), facts.raspberry_pi_4),
            (Some(true), Some("kvm"), true)
        );
    }

    #[test]
    fn what_is_not_a_report_is_refused() {
        for text in ["", "{}", "[]", r#"{"version":3,"hardware":{}}"#, "warning: x\n{\"version\":1}"] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
