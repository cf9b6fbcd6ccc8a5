//! What the server does in one step. Its own clock is the one that all processes share.

/// How many were counted in the window. What is there and no count is thrown away: it is nobody's, and would be in the way for ever.
macro_rules! counting {
    ($then:literal) => {
        concat!(
            "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local window, allowed = tonumber(ARGV[1]), tonumber(ARGV[2])
local since = '(' .. string.format('%.0f', now - window)
local counted = redis.pcall('ZCOUNT', KEYS[1], since, '+inf')
if type(counted) == 'table' then
  if string.find(counted.err, 'WRONGTYPE', 1, true) then redis.call('DEL', KEYS[1]) end
  counted = redis.call('ZCOUNT', KEYS[1], since, '+inf')
end
",
            $then,
            "
local first = redis.call('ZRANGEBYSCORE', KEYS[1], since, '+inf', 'WITHSCORES', 'LIMIT', counted - allowed, 1)
return math.max(1, math.min(window, first[2] + window - now))"
        )
    };
}

/// Adds one to what is counted, and forgets what is older than the window, if fewer than allowed are in it; else as [`WAIT`].
/// It adds before it forgets: a server without memory refuses the first write of a script only. `KEYS[1]`; window in microseconds, how
/// many are allowed, the mark of the one.
pub(crate) const ATTEMPT: &str = counting!(
    "if counted < allowed then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
  redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000))
  return 0
end"
);

/// Microseconds until fewer than allowed are in the window; zero when there are fewer.
/// `KEYS[1]`; window in microseconds, how many are allowed.
pub(crate) const WAIT: &str = counting!("if counted < allowed then return 0 end");
