# The hands of a guest agent: reads or writes one file of a machine. Arguments: the first process of the guest, `read` or
# `write`, the path, where to begin, how many bytes.
my ($guest, $does, $path, $offset, $count) = @ARGV;
binmode STDIN;
binmode STDOUT;
enter($guest);
if ($does eq 'read') {
    sysopen(my $file, $path, POSIX::O_RDONLY()) or failed('r');
    sysseek($file, $offset, 0);
    # One more than wanted tells whether there is more.
    for (my $left = $count + 1; $left > 0;) {
        my $got = sysread($file, my $some, $left < 65536 ? $left : 65536) // do { print STDERR "failed to read file: $!"; exit 1 };
        last if !$got;
        print $some;
        $left -= $got;
    }
    exit 0;
}
# An agent lets everybody write what it made.
my $is_new = !-e $path;
sysopen(my $file, $path, POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_TRUNC(), 0666) or failed('w');
chmod 0666, $file if $is_new;
while (sysread(STDIN, my $some, 65536)) {
    syswrite($file, $some) == length($some) or do { print STDERR "failed to write to file: $!"; exit 1 };
}

sub failed { print STDERR "failed to open file '$path' (mode: '$_[0]'): $!"; exit 1 }
