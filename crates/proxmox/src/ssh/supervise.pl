# Runs one program on a node, or in a guest of it, and answers for it until it is over. Whole-line comments do not travel.
# Arguments: mark, seconds it may take, seconds it may take to end, place (host, lxc:ID, vm:ID), program, its arguments.
# Before anything is run, one line goes to both streams: `labkeeper:MARK begun PID`, or why not. What comes after is the
# program's alone, which has this one's streams. Its exit code or signal is this one's too; SIGALRM means that it took too
# long. It is ended in time, when whoever reads its messages is gone, and when the server it was started by is gone.
use strict;
my ($mark, $seconds, $grace, $place, @program) = @ARGV;
my %env = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/root',
LANG => 'C.UTF-8', USER => 'root', SHELL => '/bin/bash');
my $server = getppid();
$ENV{PATH} = $env{PATH};
sub announce {
    my $line = "labkeeper:$mark $_[0]\n";
    syswrite STDOUT, $line;
    syswrite STDERR, $line;
}
sub refuse { announce($_[0]); exit 0 }
sub found { my ($name) = @_; grep { -x "$_/$name" } split /:/, $env{PATH} }
sub whole {
    open(my $file, '<', $_[0]) or return '';
    local $/;
    return <$file> // '';
}
# Does not jump when somebody sets the clock.
sub now {
    open(my $uptime, '<', '/proc/uptime') or return time;
    my ($now) = split ' ', <$uptime>;
    return $now;
}
# Nobody else on this node has it, whichever labkeeper asked: by it the processes of this run are known.
my $run = "$$-" . now();
$env{LABKEEPER_RUN} = $run;
if (my ($kind, $id) = $place =~ /\A(lxc|vm):(\d+)\z/) {
    my $folder = $kind eq 'lxc' ? 'lxc' : 'qemu-server';
    if (!open(my $conf, '<', "/etc/pve/$folder/$id.conf")) {
        refuse($! + 0 == 2 ? 'no-guest' : "the configuration of $id cannot be read: $!");
    } else {
        while (<$conf>) {
            last if /^\[/;
            refuse("locked $1") if /^lock:\s*(\S+)/;
        }
    }
    if ($kind eq 'lxc') {
        # pct does the same twenty times as slowly.
        my $direct = found('lxc-attach') && found('lxc-info');
        # The kernel knows at once, where its groups are as Proxmox has them now.
        if (whole("/sys/fs/cgroup/lxc/$id/cgroup.events") !~ /^populated 1$/m) {
            my @question = $direct ? ('lxc-info', '-n', $id, '-sH') : ('pct', 'status', $id);
            open(my $state, '-|', @question) or refuse("$question[0]: $!");
            refuse('not-running') unless join('', <$state>) =~ /running/i;
        }
        my @set = map { "$_=$env{$_}" } sort keys %env;
        unshift @program, $direct
            ? ('lxc-attach', '-n', $id, '--clear-env', (map { ('-v', $_) } @set), '--')
            : ('pct', 'exec', $id, '--', 'env', '-i', @set);
    }
}
my ($child, $status);
sub over { defined $status or waitpid($child, 1) == $child and $status = $?; defined $status }
# Every process of this run, on the node or inside a container, whatever it is the child of, and those of the
# child's group. Not those that are dead already and not taken notice of by whoever started them.
sub left {
    over();
    my @pids;
    opendir(my $proc, '/proc') or return;
    for my $pid (grep { /\A\d+\z/ && $_ != $$ } readdir $proc) {
        my ($state, $group) = whole("/proc/$pid/stat") =~ /.*\) (\S) \d+ (\d+)/s or next;
        next if $state eq 'Z';
        push @pids, $pid if $group == $child || ("\0" . whole("/proc/$pid/environ")) =~ /\0LABKEEPER_RUN=\Q$run\E\0/;
    }
    return @pids;
}
sub end_all {
    kill 'TERM', -$child, left();
    my $until = now() + $grace;
    while (now() < $until) {
        return unless left();
        select(undef, undef, undef, 0.05);
    }
    for (1 .. 50) {
        kill 'KILL', -$child, left();
        return unless left();
        select(undef, undef, undef, 0.02);
    }
}
sub die_of {
    $SIG{$_[0]} = 'DEFAULT';
    kill $_[0], $$;
    sleep 1 while 1;
}
my $unwanted;
$SIG{PIPE} = 'IGNORE';
$SIG{$_} = sub { $unwanted = 1 } for qw(HUP INT TERM);
# Wakes whoever waits below.
$SIG{CHLD} = sub { };
announce("begun $$");
$child = fork;
if (!defined $child) {
    print STDERR "no process could be started: $!\n";
    exit 126;
}
if (!$child) {
    $SIG{$_} = 'DEFAULT' for qw(PIPE HUP INT TERM CHLD);
    setpgrp(0, 0);
    %ENV = %env;
    chdir '/root' or chdir '/';
    umask 022;
    no warnings;
    exec { $program[0] } @program;
    my ($code, $why) = ($! + 0 == 2 ? 127 : 126, "$!");
    print STDERR "$program[0]: $why\n";
    exit $code;
}
# The child does it too: neither waits for the other.
setpgrp($child, $child);
my $deadline = now() + $seconds;
my $late;
while (!over()) {
    if ($unwanted || getppid() != $server) {
        end_all();
        die_of('TERM');
    }
    my $time = $deadline - now();
    if ($time <= 0) {
        $late = 1;
        end_all();
        last;
    }
    # The writing end of a pipe becomes readable when nobody is left to read from it.
    my $reader = '';
    vec($reader, 2, 1) = 1;
    my $ready = select($reader, undef, undef, $time < 0.2 ? $time : 0.2);
    $unwanted = 1 if $ready > 0;
}
my $signal = ($status // 0) & 127;
die_of('ALRM') if $late;
exit($signal == 14 ? 142 : $status >> 8) if !$signal || $signal == 14;
# Ends as the program ended, without a second core file.
exec '/bin/sh', '-c', 'ulimit -c 0; kill -"$1" $$', 'sh', $signal;
