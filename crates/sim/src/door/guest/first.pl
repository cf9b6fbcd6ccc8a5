# The first process of a guest. It lives until standard input ends. Arguments: the folder of the guest, its name.
use strict;
use warnings;

# Who this is, as this machine and as the node count.
open(my $status, '<', '/proc/self/status') or die "no status: $!\n";
my ($line) = grep { /\ANSpid:/ } <$status>;
close $status;
my ($outside, $node) = $line =~ /(\d+)\s+(\d+)/ or die "no numbers in: $line\n";
# It leaves the files of this machine for those of the guest, and everybody with it who is there yet.
system('/bin/sh', "$ARGV[0]/inside.sh", @ARGV) == 0 or exit 1;
chdir '/';
# Nobody else waits for those who lost their parents.
$SIG{CHLD} = 'IGNORE';
$0 = '/sbin/init';
$| = 1;
print "$outside $node\n";
while (1) {
    my $got = sysread(STDIN, my $some, 4096);
    last if defined $got && $got == 0;
}
