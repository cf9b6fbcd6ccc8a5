#!/usr/bin/perl
# `journalctl` of the simulated lab: reads /var/log/units/UNIT.log, a line an entry: second, who, process, priority, text.
use strict;
use warnings;
use POSIX qw(strftime mktime);

my $folder = '/var/log/units';
my (%given, %flag, @units);
my %long = (u => 'unit', n => 'lines', S => 'since', U => 'until', o => 'output', p => 'priority', g => 'grep', t => 'identifier');
while (@ARGV) {
    my $word = shift @ARGV;
    my ($key, $value);
    if ($word =~ /\A--(unit|lines|since|until|output|priority|grep|identifier)(?:=(.*))?\z/s) { ($key, $value) = ($1, $2 // shift @ARGV) }
    elsif ($word =~ /\A-([unSUopgt])(.*)\z/s) { ($key, $value) = ($long{$1}, $2 eq '' ? shift @ARGV : $2) }
    elsif ($word =~ /\A--?([a-z][-a-z]*)\z/) { $flag{$1} = 1; next }
    else { print STDERR "Failed to add match '$word': Invalid argument\n"; exit 1 }
    if (!defined $value) { print STDERR "journalctl: option '$word' requires an argument\n"; exit 1 }
    if ($key eq 'unit') { push @units, $value =~ /\.[a-z]+\z/ ? $value : "$value.service" } else { $given{$key} = $value }
}

my @all = do { opendir(my $logs, $folder); $logs ? sort map { /\A(.+)\.log\z/ ? $1 : () } readdir $logs : () };
my @entries;
for my $unit (@units ? @units : @all) {
    open(my $log, '<', "$folder/$unit.log") or next;
    while (<$log>) {
        chomp;
        my ($at, $who, $pid, $priority, $text) = split /\t/, $_, 5;
        push @entries, {at => $at, who => $who, pid => $pid, priority => $priority, text => $text, unit => $unit} if defined $text;
    }
}
@entries = sort { $a->{at} <=> $b->{at} } @entries;
my ($since, $until) = map { defined $given{$_} ? moment($given{$_}) : undef } qw(since until);
my %priorities = (emerg => 0, alert => 1, crit => 2, err => 3, warning => 4, notice => 5, info => 6, debug => 7);
my $most = $given{priority};
$most = $priorities{$most} if defined $most && exists $priorities{$most};
@entries = grep {
    (!defined $since || $_->{at} >= $since) && (!defined $until || $_->{at} <= $until) && (!defined $most || $_->{priority} <= $most)
        && (!defined $given{grep} || $_->{text} =~ /$given{grep}/) && (!defined $given{identifier} || $_->{who} eq $given{identifier})
} @entries;
my $lines = $given{lines} // 'all';
@entries = @entries[-$lines .. -1] if $lines =~ /\A\d+\z/ && @entries > $lines;
@entries = reverse @entries if $flag{r} || $flag{reverse};
my $format = $given{output} // 'short';
print "-- No entries --\n" if !@entries && !$flag{q} && !$flag{quiet} && $format !~ /json|cat/;
my $host = (POSIX::uname())[1];
for my $entry (@entries) {
    if ($format eq 'cat') { print "$entry->{text}\n"; next }
    if ($format =~ /\Ajson/) {
        my %fields = (MESSAGE => $entry->{text}, PRIORITY => $entry->{priority}, SYSLOG_IDENTIFIER => $entry->{who}, _PID => $entry->{pid},
            _HOSTNAME => $host, _SYSTEMD_UNIT => $entry->{unit}, __REALTIME_TIMESTAMP => $entry->{at} . '000000');
        print '{', join(',', map { qq("$_":) . quoted($fields{$_}) } sort keys %fields), "}\n";
        next;
    }
    my $time = $format eq 'short-iso' ? strftime('%Y-%m-%dT%H:%M:%S+00:00', gmtime $entry->{at}) : strftime('%b %d %H:%M:%S', gmtime $entry->{at});
    print "$time $host $entry->{who}\[$entry->{pid}]: $entry->{text}\n";
}

sub quoted { my ($text) = @_; $text =~ s/(["\\])/\\$1/g; $text =~ s/([\x00-\x1f])/sprintf '\\u%04x', ord $1/ge; return qq("$text") }

sub moment {
    my ($text) = @_;
    my %units = (s => 1, sec => 1, second => 1, min => 60, m => 60, minute => 60, h => 3600, hour => 3600, d => 86400, day => 86400, w => 604800, week => 604800);
    return $1 if $text =~ /\A@(\d+)\z/;
    return time if $text eq 'now';
    return time - time % 86400 if $text eq 'today';
    return time - time % 86400 - 86400 if $text eq 'yesterday';
    return time - $1 * $units{$2} if $text =~ /\A-?(\d+) ?([a-z]+?)s?(?: ago)?\z/ && $units{$2};
    return mktime($6 // 0, $5 // 0, $4 // 0, $3, $2 - 1, $1 - 1900)
        if $text =~ /\A(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?(?:Z| UTC|\+00:00)?\z/;
    print STDERR "Failed to parse timestamp: $text\n";
    exit 1;
}
