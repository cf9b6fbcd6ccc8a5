#!/usr/bin/perl
# A program of a simulated node: hands its name and arguments to the cluster outside, and gives back what that answers.
# It reads no standard input, as the real ones do not: a script that comes that way stays whole.
use strict;
use warnings;
use IO::Socket::UNIX;

my ($name) = $0 =~ m{([^/]+)\z};
my $cluster = IO::Socket::UNIX->new(Peer => '/run/cluster.sock')
    or die "$name: the simulated cluster does not answer: $!\n";
# No argument has a zero byte in it, so nothing in one can be taken for the end of one.
print {$cluster} join("\0", $name, @ARGV);
$cluster->shutdown(1);
my $answer = do { local $/; <$cluster> } // '';
die "$name: the simulated cluster hung up\n" if length($answer) < 5;
# Exit code, length of standard output, standard output, standard error.
my ($code, $out, $err) = unpack('C N/a* a*', $answer);
print STDOUT $out;
print STDERR $err;
exit $code;
