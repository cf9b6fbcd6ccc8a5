//! What the server does in one step. Its own clock is the one that all processes share.

/// Adds one to what is counted, forgets what is older than the window, and keeps no more than is ever asked about.
/// It adds first: a server without memory refuses the first write of a script only. `KEYS[1]`; window in microseconds, how many are kept.
pub(crate) const COUNT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window = tonumber(ARGV[1])
local score = string.format('%.0f', now)
redis.call('ZADD', KEYS[1], score, score .. '-' .. redis.call('ZCARD', KEYS[1]))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[2]))
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
return 1";

/// Microseconds until fewer than allowed are in the window; zero when there are fewer.
/// `KEYS[1]`; window in microseconds, how many are allowed.
pub(crate) const WAIT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, allowed = tonumber(ARGV[1]), tonumber(ARGV[2])
local since = '(' .. string.format('%.0f', now - window)
local counted = redis.call('ZCOUNT', KEYS[1], since, '+inf')
if counted < allowed then return 0 end
local first = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf', 'WITHSCORES', 'LIMIT', counted - allowed, 1)
return math.max(1, math.min(window, first[2] + window - now))";
