#!/usr/bin/perl
# `systemctl` of the simulated lab. A unit is a file /var/lib/units/NAME with the lines that `show` prints; there is no
# manager, so what is started is started on paper. A unit with a line `FailsToStart=1` fails when it is started.
use strict;
use warnings;
use POSIX qw(strftime);

my $folder = '/var/lib/units';
my $journal = '/var/log/units';
my (%flag, %given, @words, @properties);
while (@ARGV) {
    my $word = shift @ARGV;
    if ($word eq '--') { push @words, @ARGV; last }
    if ($word =~ /\A(?:--property=|-p(?=.))(.*)\z/s) { push @properties, split /,/, $1 }
    elsif ($word eq '-p' || $word eq '--property') { push @properties, split /,/, shift(@ARGV) // '' }
    elsif ($word =~ /\A--(type|state|output|lines)=(.*)\z/s) { $given{$1} = $2 }
    elsif ($word =~ /\A--(type|state|output|lines)\z/) { $given{$1} = shift @ARGV }
    elsif ($word =~ /\A-([tno])(.*)\z/s) {
        $given{{t => 'type', n => 'lines', o => 'output'}->{$1}} = $2 eq '' ? shift @ARGV : $2;
    }
    elsif ($word =~ /\A--?([a-z][-a-z]*)\z/) { $flag{$1} = 1 }
    else { push @words, $word }
}
my $verb = shift(@words) // 'list-units';
my %verbs = (
    'show' => \&show, 'is-active' => \&is_active, 'is-failed' => \&is_failed, 'is-enabled' => \&is_enabled,
    'list-units' => \&list_units, 'status' => \&status, 'daemon-reload' => sub { 0 }, 'reset-failed' => \&reset_failed,
    'is-system-running' => \&is_system_running, 'cat' => \&cat,
    (map { my $verb = $_; ($_ => sub { change($verb, @_) }) }
        qw(start stop restart reload try-restart reload-or-restart enable disable)),
);
my $does = $verbs{$verb};
if (!$does) { print STDERR "Unknown command verb $verb.\n"; exit 1 }
exit $does->(map { /\.[a-z]+\z/ ? $_ : "$_.service" } @words);

sub names { opendir(my $all, $folder) or return (); return sort grep { /\.[a-z]+\z/ } readdir $all }

sub unit {
    my ($name) = @_;
    my %unit = (Id => $name, Names => $name, LoadState => 'not-found', ActiveState => 'inactive', SubState => 'dead',
        UnitFileState => '', Result => 'success', MainPID => 0, NRestarts => 0, ExecMainStatus => 0);
    open(my $lines, '<', "$folder/$name") or return (0, %unit);
    $unit{LoadState} = 'loaded';
    while (<$lines>) { chomp; $unit{$1} = $2 if /\A([A-Za-z]+)=(.*)\z/ }
    return (1, %unit);
}

sub keep {
    my (%unit) = @_;
    my $file = "$folder/$unit{Id}";
    open(my $new, '>', "$file~") or die "Failed to write $file: $!\n";
    print {$new} map { "$_=$unit{$_}\n" } sort keys %unit;
    close $new or die "Failed to write $file: $!\n";
    rename "$file~", $file or die "Failed to write $file: $!\n";
}

sub note {
    my ($name, $priority, $text) = @_;
    open(my $log, '>>', "$journal/$name.log") or return;
    print {$log} join("\t", time, 'systemd', 1, $priority, $text), "\n";
}

sub show {
    my $first = 1;
    for my $name (@_) {
        my (undef, %unit) = unit($name);
        print "\n" if !$first;
        $first = 0;
        for my $key (@properties ? @properties : sort keys %unit) {
            my $value = $unit{$key};
            next if !defined $value;
            print $flag{value} ? "$value\n" : "$key=$value\n";
        }
    }
    return 0;
}

sub is_active {
    my ($any, $known) = (0, 0);
    for (@_) {
        my ($there, %unit) = unit($_);
        $known ||= $there;
        $any ||= $unit{ActiveState} eq 'active';
        print "$unit{ActiveState}\n" if !$flag{quiet} && !$flag{q};
    }
    return $any ? 0 : $known ? 3 : 4;
}

sub is_failed {
    my $any = 0;
    for (@_) {
        my (undef, %unit) = unit($_);
        $any ||= $unit{ActiveState} eq 'failed';
        print "$unit{ActiveState}\n" if !$flag{quiet} && !$flag{q};
    }
    return $any ? 0 : 1;
}

sub is_enabled {
    my $any = 0;
    for (@_) {
        my ($there, %unit) = unit($_);
        if (!$there) { print "not-found\n"; next }
        print "$unit{UnitFileState}\n";
        $any ||= $unit{UnitFileState} =~ /\A(?:enabled|static)\z/;
    }
    return $any ? 0 : 1;
}

sub is_system_running {
    my $failed = grep { my (undef, %unit) = unit($_); $unit{ActiveState} eq 'failed' } names();
    print $failed ? "degraded\n" : "running\n";
    return $failed ? 1 : 0;
}

sub list_units {
    my @units;
    for my $name (names()) {
        my (undef, %unit) = unit($name);
        next if ($flag{failed} || ($given{state} // '') eq 'failed') && $unit{ActiveState} ne 'failed';
        next if ($given{state} // '') =~ /\A(?:active|running)\z/ && $unit{ActiveState} ne 'active';
        next if defined $given{type} && $name !~ /\.\Q$given{type}\E\z/;
        next if !$flag{all} && !$flag{a} && $unit{ActiveState} eq 'inactive' && !defined $given{state};
        push @units, [$name, @unit{qw(LoadState ActiveState SubState)}, $unit{Description} // $name];
    }
    if (($given{output} // '') eq 'json') {
        my @keys = qw(unit load active sub description);
        print '[', join(',', map { my $unit = $_; '{' . join(',', map { qq("$keys[$_]":) . quoted($unit->[$_]) } 0 .. 4) . '}' } @units), "]\n";
        return 0;
    }
    my $legend = !$flag{'no-legend'} && ($given{legend} // '') ne 'false';
    my @rows = ($legend ? ['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'] : (), @units);
    my @wide = map { my $at = $_; (sort { $b <=> $a } map { length $_->[$at] } @rows)[0] // 0 } 0 .. 3;
    for my $row (@rows) {
        my $mark = $flag{plain} ? '' : $row->[2] eq 'failed' ? "\x{e2}\x{97}\x{8f} " : '  ';
        print $mark, join(' ', (map { sprintf '%-*s', $wide[$_], $row->[$_] } 0 .. 3), $row->[4]), "\n";
    }
    return 0 if !$legend;
    my $arrow = "\x{e2}\x{86}\x{92}";
    print "\nLegend: LOAD   $arrow Reflects whether the unit definition was properly loaded.\n",
        "        ACTIVE $arrow The high-level unit activation state, i.e. generalization of SUB.\n",
        "        SUB    $arrow The low-level unit activation state, values depend on unit type.\n" if @units;
    print "\n", scalar(@units), " loaded units listed.\n";
    return 0;
}

sub quoted { my ($text) = @_; $text =~ s/(["\\])/\\$1/g; return qq("$text") }

sub status {
    my $code = 0;
    for my $name (@_) {
        my ($there, %unit) = unit($name);
        if (!$there) { print STDERR "Unit $name could not be found.\n"; $code = 4; next }
        my $mark = $unit{ActiveState} eq 'failed' ? "\x{c3}\x{97}" : $unit{ActiveState} eq 'active' ? "\x{e2}\x{97}\x{8f}" : "\x{e2}\x{97}\x{8b}";
        print "$mark $name - $unit{Description}\n",
            "     Loaded: loaded (/usr/lib/systemd/system/$name; $unit{UnitFileState}; preset: enabled)\n",
            "     Active: $unit{ActiveState} ($unit{SubState})", ($unit{ActiveEnterTimestamp} ? " since $unit{ActiveEnterTimestamp}" : ''), "\n";
        print "   Main PID: $unit{MainPID}\n" if $unit{MainPID};
        if (open(my $log, '<', "$journal/$name.log")) {
            my @lines = <$log>;
            my $many = $given{lines} // 10;
            @lines = @lines[-$many .. -1] if @lines > $many;
            print "\n", map { my ($at, $who, $pid, undef, $text) = split /\t/, $_, 5; strftime('%b %d %H:%M:%S', localtime $at) . ' ' . host() . " $who\[$pid]: $text" } @lines if @lines;
        }
        $code ||= 3 if $unit{ActiveState} ne 'active';
    }
    return $code;
}

sub host { (POSIX::uname())[1] }

sub cat {
    for my $name (@_) {
        my ($there) = unit($name);
        if (!$there) { print STDERR "No files found for $name.\n"; return 1 }
        print "# /usr/lib/systemd/system/$name\n[Unit]\n[Service]\n";
    }
    return 0;
}

sub reset_failed {
    for my $name (@_ ? @_ : names()) {
        my ($there, %unit) = unit($name);
        keep(%unit, ActiveState => 'inactive', SubState => 'dead', Result => 'success') if $there && $unit{ActiveState} eq 'failed';
    }
    return 0;
}

sub change {
    my ($verb, @names) = @_;
    my $code = 0;
    for my $name (@names) {
        my ($there, %unit) = unit($name);
        if (!$there) {
            if ($verb eq 'enable' || $verb eq 'disable') {
                print STDERR "Failed to $verb unit: Unit file $name does not exist.\n";
                $code = 1;
            } else {
                print STDERR "Failed to $verb $name: Unit $name not found.\n";
                $code = 5;
            }
            next;
        }
        if ($verb eq 'enable' || $verb eq 'disable') { keep(%unit, UnitFileState => "${verb}d"); next }
        my $runs = $unit{ActiveState} eq 'active';
        if ($verb eq 'reload') {
            next if $runs;
            print STDERR "$name is not active, cannot reload.\n";
            $code = 1;
            next;
        }
        next if $verb eq 'try-restart' && !$runs || $verb eq 'start' && $runs || $verb eq 'stop' && !$runs;
        my $what = $unit{Description} // $name;
        if ($runs) {
            note($name, 6, "Stopping $name - $what...");
            note($name, 6, "Stopped $name - $what.");
            %unit = (%unit, ActiveState => 'inactive', SubState => 'dead', MainPID => 0);
        }
        if ($verb ne 'stop') {
            note($name, 6, "Starting $name - $what...");
            if ($unit{FailsToStart}) {
                %unit = (%unit, ActiveState => 'failed', SubState => 'failed', Result => 'exit-code', ExecMainStatus => 1, MainPID => 0);
                note($name, 5, "$name: Main process exited, code=exited, status=1/FAILURE");
                note($name, 4, "$name: Failed with result 'exit-code'.");
                note($name, 3, "Failed to start $name - $what.");
                print STDERR "Job for $name failed because the control process exited with error code.\n",
                    "See \"systemctl status $name\" and \"journalctl -xeu $name\" for details.\n";
                $code = 1;
            } else {
                my $now = strftime('%a %Y-%m-%d %H:%M:%S UTC', gmtime);
                %unit = (%unit, ActiveState => 'active', SubState => 'running', Result => 'success', ExecMainStatus => 0,
                    MainPID => $$, ActiveEnterTimestamp => $now);
                note($name, 6, "Started $name - $what.");
            }
        }
        keep(%unit);
    }
    return $code;
}
