#include "wasm/stores/file/file-stat.h"

#include <cmath>
#include <cstring>

#include "wasm/core/bytes.h"

namespace kvista {
namespace {

constexpr std::int64_t kFar = std::int64_t{1} << 31;
// Before the process's umask.
constexpr double kPlainMode = 0666;
constexpr double kExpiringMode = 0766;

}  // namespace

FileStat statIn(std::string_view bytes) {
  FileStat stat;
  if (bytes.size() >= sizeof stat) std::memcpy(&stat, bytes.data(), sizeof stat);
  return stat;
}

double mtimeFor(std::int64_t expiresAt) {
  const bool isFar = expiresAt >= kFar;
  const std::int64_t units = isFar ? 2 + expiresAt % 128 : 1;
  return static_cast<double>(isFar ? expiresAt / 128 : expiresAt) +
         static_cast<double>(units) / 1024;
}

std::optional<std::int64_t> expiryOf(const FileStat& stat) {
  if (!stat.isMarked() || stat.mtimeMs == stat.ctimeMs) return std::nullopt;
  const double seconds = std::floor(stat.mtimeMs / 1000);
  const double units = (stat.mtimeMs - seconds * 1000) * 1.024;
  const double whole = std::floor(units + 0.5);
  // Node may cut the time to whole microseconds.
  if (std::fabs(units - whole) > 0.0015 || whole < 1 || whole > 129) return std::nullopt;
  if (!(seconds >= 0 && seconds < 0x1p31)) return std::nullopt;
  const auto at = static_cast<std::int64_t>(seconds);
  if (whole == 1) return at;
  const std::int64_t far = at * 128 + static_cast<std::int64_t>(whole) - 2;
  if (far < kFar) return std::nullopt;
  return far;
}

std::string writeMeta(bool expires, bool flag) {
  return ByteWriter().f64(expires ? kExpiringMode : kPlainMode).f64(flag ? 1 : 0).take();
}

}  // namespace kvista
