//! The computer that Bochs emulates: its parts from Debian, its disk, and its one run.
//!
//! The disk is an ISO image with Debian's smallest kernel and an initial file system, which holds the programs, the
//! libraries that they are linked to and a shell script as the first process. What it prints goes to a serial port,
//! which is a file here. Nothing is installed as this machine's kernel: the package is fetched and unpacked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::progress::step;
use crate::{cross, tools};

/// What has to be there, and the package that has it.
const PARTS: [(&str, &str); 9] = [
    ("/usr/bin/bochs", "bochs"),
    // Not used: `bochs` wants one of its displays installed, and apt would take the one with a desktop's libraries.
    ("/usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_term_gui.so", "bochs-term"),
    (BIOS, "bochsbios"),
    (VGA_BIOS, "vgabios"),
    (LOADER, "isolinux"),
    (LOADER_MODULE, "syslinux-common"),
    ("/usr/bin/xorriso", "xorriso"),
    (BUSYBOX, "busybox-static"),
    ("/usr/bin/strip", "binutils"),
];
const BIOS: &str = "/usr/share/bochs/BIOS-bochs-latest";
const VGA_BIOS: &str = "/usr/share/vgabios/vgabios.bin";
const LOADER: &str = "/usr/lib/ISOLINUX/isolinux.bin";
const LOADER_MODULE: &str = "/usr/lib/syslinux/modules/bios/ldlinux.c32";
const BUSYBOX: &str = "/bin/busybox";

/// Depends on the newest kernel for virtual machines: that is a third of the one for all hardware.
const KERNEL: &str = "linux-image-cloud-amd64";

/// The time that the machine believes in: so many instructions are a second. Every wait for a device costs instructions
/// and every tick of the clock does, so neither a true nor a slow clock boots soonest.
const INSTRUCTIONS_PER_SECOND: u64 = 200_000_000;

/// An Ice Lake. Nobody looks at its screen: `rfb` offers it to a VNC viewer and waits for none. The display of Debian's
/// `bochs-term` stops the machine as soon as what it drew fills a terminal that nobody reads.
fn configuration(disk: &Path, serial: &Path, log: &Path) -> String {
    format!(
        "config_interface: textconfig
display_library: rfb, options=\"timeout=0\"
cpu: model=corei7_icelake_u, ips={INSTRUCTIONS_PER_SECOND}, reset_on_triple_fault=0
megs: 1024
romimage: file={BIOS}
vgaromimage: file={VGA_BIOS}
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=\"{}\", status=inserted
boot: cdrom
com1: enabled=1, mode=file, dev=\"{}\"
clock: sync=none
log: \"{}\"
panic: action=fatal
error: action=ignore
info: action=ignore
",
        disk.display(),
        serial.display(),
        log.display()
    )
}

/// What the kernel is told. Bochs 2.7 describes two things wrongly, so features are cleared that no kernel of ours uses:
///
/// * 321 `xsavec`, 323 `xsaves` and 515 `pku`: it gives wrong sizes for the compacted state, and none for the keys, at
///   which Linux disables AVX altogether;
/// * 580 `fsrm`: it has fast short `rep movsb` without fast long ones, for which Linux 6.1 has a `memmove` that never
///   ends.
///
/// One CPU, whose clock needs no calibration, and the oldest interrupt controller: devices are what takes time to boot.
fn command_line() -> String {
    let khz = INSTRUCTIONS_PER_SECOND / 1000;
    format!(
        "initrd=/initrd console=ttyS0,115200 loglevel=4 panic=-1 clearcpuid=321,323,515,580 mitigations=off nokaslr \
         random.trust_cpu=on acpi=off nolapic noapic no_timer_check tsc_early_khz={khz} nohz=off highres=off idle=halt \
         lsm=capability"
    )
}

/// What every machine is made of.
pub(crate) struct Machine {
    /// Where disks and logs are made.
    directory: PathBuf,
    kernel: PathBuf,
}

impl Machine {
    /// The parts, installed where that is allowed, and the kernel.
    pub(crate) fn find(install: bool) -> Result<Self> {
        let missing = missing();
        if !missing.is_empty() {
            let packages = missing.join(" ");
            if !(install || tools::in_ci()) {
                bail!(
                    "an emulated CPU needs Debian's {packages}. To install: `apt-get install {packages}`, or add --install."
                );
            }
            step("updating the package lists", "emulate-update", cross::as_root("apt-get").arg("update"))?;
            let mut apt = cross::as_root("apt-get");
            apt.args(["install", "--yes", "--no-install-recommends"]).args(&missing);
            step("installing the emulator", "emulate-install", apt.env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        let still = self::missing();
        ensure!(still.is_empty(), "an emulated CPU needs {}, also after installing", still.join(" "));
        let directory = tools::target().join("emulate");
        fs::create_dir_all(&directory)?;
        let kernel = kernel(&directory)?;
        Ok(Self { directory, kernel })
    }

    /// A disk that runs these programs, by name in `/tests`, as the shell's `script` says.
    pub(crate) fn disk(&self, programs: &[(&str, &PathBuf)], script: &str) -> Result<PathBuf> {
        let (root, disk) = (self.directory.join("root"), self.directory.join("disk"));
        for directory in [&root, &disk] {
            if directory.exists() {
                fs::remove_dir_all(directory)?;
            }
        }
        for directory in [root.join("tests"), root.join("proc"), root.join("tmp"), disk.join("isolinux")] {
            fs::create_dir_all(directory)?;
        }
        copy(Path::new(BUSYBOX), &root.join("busybox"))?;
        libraries(Path::new(BUSYBOX), &root)?;
        for (name, program) in programs {
            let mut strip = tools::command("strip");
            // Debug information is most of a program, and each byte is read by an emulated drive.
            tools::run(strip.arg("-o").arg(root.join("tests").join(name)).arg(program))?;
            libraries(program, &root)?;
        }
        let mount = "/busybox mount -t proc proc /proc";
        let first = root.join("init");
        fs::write(&first, format!("#!/busybox sh\n{mount}\n{script}/busybox reboot -f\n"))?;
        executable(&first)?;

        let pack = "find . | /bin/busybox cpio -o -H newc > ../disk/initrd";
        step("packing the programs", "emulate-pack", tools::command("sh").args(["-c", pack]).current_dir(&root))?;
        copy(&self.kernel, &disk.join("vmlinuz"))?;
        copy(Path::new(LOADER), &disk.join("isolinux/isolinux.bin"))?;
        copy(Path::new(LOADER_MODULE), &disk.join("isolinux/ldlinux.c32"))?;
        let entry = format!("default tests\nlabel tests\n kernel /vmlinuz\n append {}\n", command_line());
        fs::write(disk.join("isolinux/isolinux.cfg"), entry)?;

        let image = self.directory.join("disk.iso");
        let mut iso = tools::command("xorriso");
        iso.args(["-as", "mkisofs", "-o"]).arg(&image).args(["-b", "isolinux/isolinux.bin", "-c", "isolinux/boot.cat"]);
        iso.args(["-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"]).arg(&disk);
        step("making the disk", "emulate-disk", &mut iso)?;
        Ok(image)
    }

    /// Switches the machine on.
    pub(crate) fn start(&self, disk: &Path) -> Result<Running> {
        let serial = self.directory.join("serial.txt");
        let log = self.directory.join("bochs.log");
        let [configuration_file, commands] = ["bochsrc", "commands"].map(|name| self.directory.join(name));
        File::create(&serial)?;
        fs::write(&configuration_file, configuration(disk, &serial, &log))?;
        // Debian's Bochs is built with its debugger, which waits for a command.
        fs::write(&commands, "continue\n")?;
        let screen = File::create(self.directory.join("screen.txt"))?;
        let mut bochs = tools::command("bochs");
        bochs.arg("-q").arg("-f").arg(configuration_file).arg("-rc").arg(commands);
        bochs.stdin(Stdio::null()).stdout(screen.try_clone()?).stderr(screen);
        let process = bochs.spawn().with_context(|| tools::cannot_start(&bochs))?;
        Ok(Running { process, serial, log })
    }
}

/// A machine that runs; dropped, it is switched off.
pub(crate) struct Running {
    process: Child,
    serial: PathBuf,
    log: PathBuf,
}

impl Running {
    /// What the machine prints.
    pub(crate) fn serial(&self) -> &Path {
        &self.serial
    }

    /// What the emulator says.
    pub(crate) fn log(&self) -> &Path {
        &self.log
    }

    /// How the emulator ended, if it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.process.try_wait()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // One that has ended is no error, and there is nobody to tell of another.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The packages that are not there.
fn missing() -> Vec<&'static str> {
    PARTS.into_iter().filter(|(path, _)| !Path::new(path).exists()).map(|(_, package)| package).collect()
}

/// Debian's kernel, fetched once and unpacked.
fn kernel(directory: &Path) -> Result<PathBuf> {
    let kernel = directory.join("vmlinuz");
    if kernel.exists() {
        return Ok(kernel);
    }
    let depends = tools::ask(Command::new("apt-cache").args(["depends", KERNEL])).unwrap_or_default();
    let package = depends.lines().find_map(|line| line.trim().strip_prefix("Depends: "));
    let Some(package) = package else {
        bail!(
            "no package {KERNEL} is known here: an emulated CPU needs Debian, with its package lists (`apt-get update`)"
        )
    };
    let unpacked = directory.join("linux");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked)?;
    }
    fs::create_dir_all(&unpacked)?;
    let mut download = tools::command("apt-get");
    step("fetching a kernel", "emulate-kernel", download.args(["download", package]).current_dir(&unpacked))?;
    let unpack = "dpkg-deb --extract *.deb .";
    step("unpacking it", "emulate-unpack", tools::command("sh").args(["-c", unpack]).current_dir(&unpacked))?;
    let mut files = fs::read_dir(unpacked.join("boot"))?.filter_map(|file| Some(file.ok()?.path()));
    let found = files.find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vmlinuz")));
    fs::copy(found.with_context(|| format!("{package} has no /boot/vmlinuz"))?, &kernel)?;
    fs::remove_dir_all(&unpacked)?;
    Ok(kernel)
}

/// Copies the shared libraries of a program, and their loader, to where it looks for them.
fn libraries(program: &Path, root: &Path) -> Result<()> {
    // One that is linked to none is an error to `ldd`.
    let list = tools::ask(Command::new("ldd").arg(program)).unwrap_or_default();
    for library in list.split_whitespace().filter(|word| word.starts_with('/')) {
        copy(Path::new(library), &root.join(&library[1..]))?;
    }
    Ok(())
}

/// Copies a file or what a link points to, and makes the directories above it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to.parent().unwrap_or(to))?;
    fs::copy(from, to).with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

#[cfg(unix)]
fn executable(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(0o755))?)
}

/// Never called: `emulate` wants Linux before it makes a disk.
#[cfg(not(unix))]
fn executable(_path: &Path) -> Result<()> {
    Ok(())
}
