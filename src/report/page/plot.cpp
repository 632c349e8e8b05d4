#include "report/page/plot.hpp"

#include <fmt/format.h>

#include "report/page/html.hpp"

namespace medbench {

namespace {

// Narrow, so that its letters can be read on a phone.
constexpr double kWidth = 380;
constexpr double kHeight = 260;
constexpr double kLeft = 46;
constexpr double kRight = 10;
constexpr double kTop = 22;
constexpr double kBottom = 40;
constexpr double kRadius = 4;

double x_at(const Scale& scale, double value) {
  return kLeft + (kWidth - kLeft - kRight) * scale.percent(value) / 100;
}

double y_at(const Scale& scale, double value) {
  return kHeight - kBottom - (kHeight - kTop - kBottom) * scale.percent(value) / 100;
}

constexpr std::size_t kForms = 8;
constexpr std::size_t kColours = 8;
static_assert(kPlotStyles == kForms * kColours);

// Circle, square, triangle up, diamond, triangle down, lying bar, plus, standing bar: told apart in one
// colour, and each can be hollow.
std::string shape(std::size_t form, double x, double y) {
  const double r = kRadius;
  switch (form) {
    case 0:
      return fmt::format("M{:.1f} {:.1f}m-{} 0a{} {} 0 1 0 {} 0a{} {} 0 1 0 -{} 0z", x, y, r, r, r, 2 * r, r,
                         r, 2 * r);
    case 1:
      return fmt::format("M{:.1f} {:.1f}h{}v{}h-{}z", x - r, y - r, 2 * r, 2 * r, 2 * r);
    case 2:
      return fmt::format("M{:.1f} {:.1f}l{} {}h-{}z", x, y - r, r * 1.1, 2 * r, r * 2.2);
    case 3:
      return fmt::format("M{:.1f} {:.1f}l{} {}l-{} {}l-{} -{}z", x, y - r * 1.3, r * 1.2, r * 1.3, r * 1.2,
                         r * 1.3, r * 1.2, r * 1.3);
    case 4:
      return fmt::format("M{:.1f} {:.1f}l{} -{}h-{}z", x, y + r, r * 1.1, 2 * r, r * 2.2);
    case 5:
      return fmt::format("M{:.1f} {:.1f}h{}v{}h-{}z", x - r * 1.4, y - r * 0.6, r * 2.8, r * 1.2, r * 2.8);
    case 6: {
      const double a = r * 0.5;  // half of an arm's width
      const double b = r * 0.9;  // its length
      return fmt::format("M{:.1f} {:.1f}h{}v{}h{}v{}h-{}v{}h-{}v-{}h-{}v-{}h{}z", x - a, y - a - b, 2 * a, b,
                         b, 2 * a, b, b, 2 * a, b, b, 2 * a, b);
    }
    default:
      return fmt::format("M{:.1f} {:.1f}h{}v{}h-{}z", x - r * 0.6, y - r * 1.4, r * 1.2, r * 2.8, r * 1.2);
  }
}

// Beyond the first eight every form comes in other colours.
std::size_t colour_of(std::size_t style) {
  return (style % kForms + style / kForms) % kColours + 1;
}

std::string mark(std::size_t style, double x, double y, bool is_hollow) {
  return fmt::format("<path class=\"mark s{}{}\" d=\"{}\"", colour_of(style), is_hollow ? " hollow" : "",
                     shape(style % kForms, x, y));
}

std::string frame(const PlotAxis& x, const PlotAxis& y) {
  std::string marks;
  const double bottom = kHeight - kBottom;
  double last = -kWidth;
  for (const double tick : x.ticks.empty() ? x.scale.ticks() : x.ticks) {
    const double at = x_at(x.scale, tick);
    marks += fmt::format("<path class=grid d=\"M{:.1f} {}V{}\"/>", at, kTop, bottom);
    constexpr double kRoom = 30;
    if (at - last < kRoom) continue;
    last = at;
    marks +=
        fmt::format("<text x={:.1f} y={} text-anchor=middle>{}</text>", at, bottom + 14, tick_text(tick));
  }
  last = 2 * kHeight;
  for (const double tick : y.ticks.empty() ? y.scale.ticks() : y.ticks) {
    const double at = y_at(y.scale, tick);
    marks += fmt::format("<path class=grid d=\"M{} {:.1f}H{}\"/>", kLeft, at, kWidth - kRight);
    constexpr double kRoom = 14;
    if (last - at < kRoom) continue;
    last = at;
    marks += fmt::format("<text x={} y={:.1f} text-anchor=end>{}</text>", kLeft - 5, at + 4, tick_text(tick));
  }
  marks += fmt::format("<text class=label x={} y={} text-anchor=middle>{}</text>",
                       (kLeft + kWidth - kRight) / 2, kHeight - 6, as_html(x.label));
  return marks + fmt::format("<text class=label x=4 y=12>{}</text>", as_html(y.label));
}

}  // namespace

std::string plot(const PlotAxis& x, const PlotAxis& y, const std::vector<PlotSeries>& series,
                 const std::vector<PlotPoint>& steps) {
  std::string marks = frame(x, y);
  std::string front;
  for (const PlotPoint& point : steps) {
    front += front.empty() ? fmt::format("M{:.1f} {:.1f}", x_at(x.scale, point.x), y_at(y.scale, point.y))
                           : fmt::format("H{:.1f}V{:.1f}", x_at(x.scale, point.x), y_at(y.scale, point.y));
  }
  if (steps.size() > 1) marks += fmt::format("<path class=front d=\"{}\"/>", front);
  for (const PlotSeries& one : series) {
    std::string line;
    std::string points;
    for (const PlotPoint& point : one.points) {
      const double px = x_at(x.scale, point.x);
      const double py = y_at(y.scale, point.y);
      line += fmt::format("{}{:.1f} {:.1f}", line.empty() ? "M" : "L", px, py);
      points += fmt::format("{}><title>{}</title></path>", mark(one.style, px, py, point.is_hollow),
                            as_html(point.told));
    }
    if (one.has_line && one.points.size() > 1)
      marks += fmt::format("<path class=\"line s{}\" d=\"{}\"/>", colour_of(one.style), line);
    marks += points;
  }
  return fmt::format(
      "<svg class=plot viewBox=\"0 0 {} {}\" role=img aria-label=\"{} over {}; the numbers are in the "
      "table\">{}</svg>",
      kWidth, kHeight, as_html(y.label), as_html(x.label), marks);
}

std::string plot_key(std::size_t style, bool is_hollow) {
  constexpr double kMiddle = 6;
  return fmt::format("<svg class=key aria-hidden=true>{}/></svg>", mark(style, kMiddle, kMiddle, is_hollow));
}

}  // namespace medbench
