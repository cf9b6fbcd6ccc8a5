# A program of a simulated node: hands its name and arguments to the cluster outside, and does what that answers.
# It reads no standard input unless the real one does: a script that comes that way stays whole.
use IO::Socket::UNIX;

my ($name) = $0 =~ m{([^/]+)\z};
my $cluster = IO::Socket::UNIX->new(Peer => '/run/cluster.sock')
    or die "$name: the simulated cluster does not answer: $!\n";
# No argument has a zero byte in it, so nothing in one can be taken for the end of one.
tell_cluster(join("\0", $name, @ARGV));
my ($kind, $body) = hear();
if ($kind eq 'r') {
    binmode STDIN;
    read(STDIN, my $input, unpack('N', $body));
    tell_cluster($input);
    ($kind, $body) = hear();
}
close $cluster;
my %does = (d => \&done, a => \&attach, p => \&push_file, g => \&pull_file);
$does{$kind}->($body);

sub tell_cluster { print {$cluster} pack('N/a*', $_[0]); $cluster->flush; }

# What kind of answer, and the answer.
sub hear {
    my $got = read($cluster, my $head, 5) // 0;
    my ($kind, $length) = $got == 5 ? unpack('a N', $head) : die "$name: the simulated cluster hung up\n";
    read($cluster, my $body, $length);
    return ($kind, $body);
}

# Exit code, standard output, standard error.
sub done {
    my ($code, $out, $err) = unpack('C N/a* a*', $_[0]);
    binmode STDOUT;
    binmode STDERR;
    print STDOUT $out;
    print STDERR $err;
    exit $code;
}

# First process of the guest, its number, user, group, whether the environment is kept, what of it is, what is added; and the program.
sub attach {
    my ($guest, $vmid, $uid, $gid, $keeps, $kept, $set, $argv) = map { [unpack('(N/a*)*', $_)] } unpack('(N/a*)*', $_[0]);
    my $folder = POSIX::getcwd();
    enter($guest->[0]);
    chdir($folder) or chdir('/');
    if (!$keeps->[0]) {
        my %kept = map { ($_ => $ENV{$_}) } grep { defined $ENV{$_} } @$kept;
        %ENV = %kept;
    }
    $ENV{PATH} //= '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    $ENV{container} = 'lxc';
    for (@$set) { my ($key, $value) = split /=/, $_, 2; $ENV{$key} = $value; }
    my ($pid, $why) = begin($argv, sub {
        if ($gid->[0] ne '') { $) = "$gid->[0] $gid->[0]"; $( = $gid->[0]; }
        if ($uid->[0] ne '') { $< = $> = $uid->[0]; }
    });
    if (!defined $pid) {
        $! = $why;
        print STDERR "lxc-attach: $vmid->[0]: ../src/lxc/attach.c: lxc_attach_run_command: 1841 $! - Failed to exec \"$argv->[0]\"\n";
        exit($why == 2 ? 127 : 126);
    }
    waitpid($pid, 0);
    # As a shell says it. Older ones say 0.
    exit($? & 127 ? 128 + ($? & 127) : $? >> 8);
}

# First process of the guest, file of the node, file of the guest, user, group, permissions.
sub push_file {
    my ($guest, $from, $to, @as) = unpack('(N/a*)*', $_[0]);
    sysopen(my $source, $from, 0) or fail("failed to open $from: $!", $! + 0);
    enter($guest);
    sysopen(my $target, $to, POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_TRUNC()) or fail("failed to open $to: $!", $! + 0);
    copy($source, $target);
    own($target, @as);
}

# First process of the guest, file of the guest, file of the node, user, group, permissions.
sub pull_file {
    my ($guest, $from, $to, @as) = unpack('(N/a*)*', $_[0]);
    # Who goes in there does not come out again.
    my $goer = open(my $source, '-|') // die "no process: $!\n";
    if (!$goer) {
        enter($guest);
        # The real one fails without saying so by its code.
        sysopen(my $file, $from, 0) or do { print STDERR "failed to open $from: $!\n"; POSIX::_exit(1) };
        copy($file, \*STDOUT);
        POSIX::_exit(0);
    }
    my $got = sysread($source, my $some, 65536) // 0;
    # Only the end tells an empty file from none.
    if ($got == 0 && !close($source)) { exit 0; }
    sysopen(my $target, $to, POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_TRUNC()) or fail("failed to open $to: $!", $! + 0);
    if ($got) {
        syswrite($target, $some) == $got or fail("failed to write $to: $!", $! + 0);
        copy($source, $target);
    }
    own($target, @as);
}

sub copy {
    my ($from, $to) = @_;
    while (1) {
        my $got = sysread($from, my $some, 65536) // fail("failed to read: $!", $! + 0);
        last if !$got;
        for (my $at = 0; $at < $got;) { $at += syswrite($to, $some, $got - $at, $at) // fail("failed to write: $!", $! + 0); }
    }
}

# A name is looked up where this runs by now.
sub own {
    my ($file, $user, $group, $permissions) = @_;
    my $uid = $user eq '' ? -1 : number('/etc/passwd', $user);
    my $gid = $group eq '' ? -1 : number('/etc/group', $group);
    chown($uid, $gid, $file) or fail("failed to change the owner: $!", $! + 0) if $uid >= 0 || $gid >= 0;
    chmod(oct($permissions), $file) or fail("failed to change the permissions: $!", $! + 0) if $permissions ne '';
}

sub number {
    my ($list, $name) = @_;
    return $name if $name =~ /\A\d+\z/;
    open(my $lines, '<', $list) or fail("failed to open $list: $!", $! + 0);
    while (<$lines>) { my @field = split /:/; return $field[2] if $field[0] eq $name; }
    fail("failed to find $name in $list", 255);
}

sub fail { print STDERR "$_[0]\n"; exit $_[1]; }
