//! The names in code that say what it does.

/// Names of functions that run a command.
pub(super) const RUNS: &str = "\
    system popen popen2 popen3 Popen run call check_call check_output getoutput getstatusoutput exec \
    execSync execFile execFileSync spawn spawnSync spawnl spawnlp spawnv spawnvp execl execlp execle \
    execv execvp execve execvpe posix_spawn posix_spawnp shell_exec passthru proc_open pcntl_exec \
    execute capture2 capture2e capture3 pipeline create_subprocess_shell create_subprocess_exec \
    fork_exec shell";

/// Names of functions that take code.
pub(super) const CODE: &str = "eval exec Function compile instance_eval class_eval";

pub(super) const TREES: &str = "\
    rmtree rm_rf rm_r remove_tree rmSync rm rmdirSync removedirs remove_entry_secure remove_entry \
    remove_dir move rename renameSync mv";

pub(super) const DELETES: &str = "unlink remove rmdir unlinkSync delete truncate truncateSync ftruncate";

pub(super) const WRITES: &str = "\
    write_text write_bytes writeFile writeFileSync appendFile appendFileSync file_put_contents copy \
    copy2 copyfile copytree copyFileSync cpSync cp cp_r symlink symlinkSync link mkdir makedirs \
    mkdirSync touch syswrite sysopen binwrite createWriteStream mknod mkfifo replace fopen";

pub(super) const METAS: &str = "chmod chown lchown chmodSync chownSync chmod_R chown_R utime setxattr \
    lchmod";

pub(super) const NETWORK: &str = "\
    socket urlopen urlretrieve requests post put sendall sendto create_connection fsockopen TCPSocket \
    INET IO::Socket http https fetch axios curl_exec Net smtplib ftplib paramiko LWP connect \
    connectSync";

/// Names that read, count and print.
pub(super) const HARMLESS: &str = "\
    open import from as print json sys load loads dumps dump stdin read readlines for in if else elif not \
    and or len sum min max sorted range str int float list dict set tuple enumerate zip map filter \
    lambda join split strip rstrip lstrip get items keys values format indent math pi sqrt datetime now \
    time strftime isoformat platform version version_info node uname machine python_version True False \
    None is repr hex bin oct ord chr abs round statistics mean median base64 b64decode b64encode decode \
    encode hashlib sha256 md5 hexdigest secrets token_hex token_urlsafe uuid uuid4 socket.gethostname \
    ipaddress ip_network ip_address ip_interface hosts num_addresses re findall search match group sub \
    e f b r x i d k v n s a c data line lines l j o p y key val value item obj res row rows name argv \
    startswith endswith lower upper replace_ count random randint choice string ascii_letters digits \
    console log process.version JSON stringify parse Math Date toISOString puts say printf echo \
    phpversion PHP_VERSION my use strict warnings while unless keys_ scalar localtime length lc uc push \
    pop shift chomp next last F BEGIN END STDIN sprintf tr const let var return urllib parse_ quote \
    unquote quote_plus yaml safe_load csv reader writer pprint textwrap collections Counter most_common \
    itertools timedelta total_seconds timestamp fromtimestamp calendar zoneinfo getpass crypt_ \
    os.cpu_count cpu_count maxsize executable path_ __version__ sep end file stdout flush stderr with \
    try except pass def del_ any all type isinstance bool bytes fromhex ljust rjust title zfill \
    splitlines append extend index find default reverse sort sort_keys ensure_ascii true false null \
    undefined nil end_";

/// Members of what JavaScript calls `process`.
pub(super) const JAVASCRIPT: &str =
    "process versions platform arch env uptime memoryUsage cwd release pid hrtime";

/// Names of Python's that read the machine, the network, files, or say how a command's output is to be had.
pub(super) const PYTHON: &str = "\
    os path exists isfile isdir islink listdir getcwd getenv environ getsize getmtime walk stat st_size st_mtime \
    st_mode scandir basename dirname abspath realpath glob iglob pathlib Path read_text read_bytes is_file is_dir \
    iterdir rglob suffix stem parent name_ subprocess capture_output stdout stderr returncode PIPE DEVNULL STDOUT timeout \
    check encoding universal_newlines shell text CalledProcessError TimeoutExpired FileNotFoundError KeyError \
    ValueError IndexError OSError IOError TypeError shutil disk_usage which socket gethostname gethostbyname getfqdn \
    psutil cpu_percent virtual_memory percent used free available total disk_partitions net_if_addrs boot_time \
    urllib request urlopen Request requests status_code ok headers add_header ssl _create_unverified_context context \
    verify auth params configparser ConfigParser sections tomllib xml etree ElementTree fromstring iter attrib \
    struct unpack zlib gzip argparse functools operator itemgetter attrgetter defaultdict OrderedDict groupby \
    return def yield global raise break continue del assert class self super__ finally exit sys_exit date today \
    year month day hour minute second fromisoformat strptime sub_ split_ partition rpartition isdigit isalpha zip_ \
    most_ ge lt round_ bit_length to_bytes from_bytes get_ setdefault copy_ clear discard difference union intersection \
    getloadavg getpid getppid getuid geteuid getlogin uname sysconf statvfs f_bavail f_blocks f_frsize f_bfree \
    sched_getaffinity get_terminal_size gettempdir mac_ver libc_ver machine processor python_implementation \
    getnode getrusage perf_counter monotonic ctime localtime gmtime mktime sleep_ nodename sysname \
    stdev pstdev finditer fullmatch IGNORECASE MULTILINE start_ groups next iter_ chain islice product permutations";
