#include "wasm/text/timestamp.h"

#include <chrono>
#include <cstddef>

namespace kvista {
namespace {

// Reads a text from its start.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool isDone() const { return rest_.empty() && isGood_; }
  [[nodiscard]] char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  // So many digits, as a number up to `most`.
  int digits(std::size_t count, int most) {
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) number = number * 10 + digit();
    isGood_ = isGood_ && number <= most;
    return number;
  }

  void one(std::string_view of) {
    isGood_ = isGood_ && !rest_.empty() && of.contains(rest_.front());
    if (isGood_) rest_.remove_prefix(1);
  }

  // Digits after a point, if there are any, as a number below 1.
  double fraction() {
    double number = 0;
    if (next() != '.') return number;
    one(".");
    double unit = 0.1;
    do {
      number += unit * digit();
      unit /= 10;
    } while (isGood_ && next() >= '0' && next() <= '9');
    return number;
  }

 private:
  int digit() {
    const char c = next();
    one("0123456789");
    return isGood_ ? c - '0' : 0;
  }

  std::string_view rest_;
  bool isGood_ = true;
};

}  // namespace

std::optional<double> millisecondsOf(std::string_view text) {
  namespace chrono = std::chrono;
  Reader reader(text);
  const int year = reader.digits(4, 9999);
  reader.one("-");
  const int month = reader.digits(2, 12);
  reader.one("-");
  const int day = reader.digits(2, 31);
  reader.one("T");
  const int hour = reader.digits(2, 23);
  reader.one(":");
  const int minute = reader.digits(2, 59);
  reader.one(":");
  const int second = reader.digits(2, 59);
  const double fraction = reader.fraction();
  const char zone = reader.next();
  reader.one("Z+-");
  int offset = 0;
  if (zone == '+' || zone == '-') {
    offset = reader.digits(2, 23) * 60;
    reader.one(":");
    offset += reader.digits(2, 59);
    if (zone == '-') offset = -offset;
  }
  const chrono::year_month_day date{chrono::year(year), chrono::month(static_cast<unsigned>(month)),
                                    chrono::day(static_cast<unsigned>(day))};
  if (!reader.isDone() || !date.ok()) return std::nullopt;
  const auto days = chrono::sys_days(date).time_since_epoch().count();
  const double minutes = (static_cast<double>(days) * 24 + hour) * 60 + minute - offset;
  return (minutes * 60 + second + fraction) * 1000;
}

}  // namespace kvista
