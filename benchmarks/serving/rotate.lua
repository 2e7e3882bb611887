-- wrk's side: send the bodies of a folder in turn, and print the figures as one line of JSON.
-- Arguments: folder, number of bodies, path, then name and value of each header.
local requests = {}
local turn = 0

function init(arguments)
  local folder, count, path = arguments[1], tonumber(arguments[2]), arguments[3]
  local headers = {}
  for i = 4, #arguments, 2 do headers[arguments[i]] = arguments[i + 1] end
  for i = 0, count - 1 do
    local file = assert(io.open(string.format("%s/%d.body", folder, i), "rb"))
    requests[i] = wrk.format("POST", path, headers, file:read("*a"))
    file:close()
  end
  requests.count = count
end

function request()
  turn = (turn + 1) % requests.count
  return requests[turn]
end

function done(summary, latency, _)
  local errors = summary.errors
  io.write(string.format(
    'BENCH {"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
