# The hands of a guest agent: runs one program in a machine. Standard input is a socket: the program's input comes, what
# becomes of it goes. Arguments: the first process of the guest, then the program and its words.
my ($guest, @argv) = @ARGV;
open(my $tells, '>&', \*STDIN) or die "no socket: $!\n";
$tells->autoflush(1);
open(my $input, '+>', undef) or die "no file: $!\n";
binmode STDIN;
binmode $input;
while (read(STDIN, my $some, 65536)) { print {$input} $some; }
seek($input, 0, 0);
open(STDIN, '<&', $input) or die "no input: $!\n";
close $input;
enter($guest);
chdir '/';
%ENV = (PATH => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME => '/', LANG => 'C.UTF-8');
# The program is told by the number that it has in there.
pipe(my $number, my $says) or die "no pipe: $!\n";
my ($pid, $why) = begin(\@argv, sub { POSIX::setsid(); print {$says} $$; close $says });
close $says;
if (!defined $pid) {
    $! = $why;
    print {$tells} "failed $!\n";
    exit;
}
# Its streams end when it and its children have no more of them.
open(STDIN, '<', '/dev/null');
open(STDOUT, '>', '/dev/null');
open(STDERR, '>', '/dev/null');
print {$tells} 'started ', do { local $/; <$number> }, "\n";
waitpid($pid, 0);
print {$tells} $? & 127 ? 'signal ' . ($? & 127) . "\n" : 'code ' . ($? >> 8) . "\n";
