// A picture with two axes: lines and points over a grid. It knows nothing of results.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "report/page/scale.hpp"

namespace medbench {

// Colour, dashes and the form of points of the series of that number, so that colour alone tells nothing.
inline constexpr std::size_t kPlotStyles = 64;

struct PlotPoint {
  double x = 0;
  double y = 0;
  std::string told;        // what a pointer is told; not escaped
  bool is_hollow = false;  // a point that does not count
};

struct PlotSeries {
  std::size_t style = 0;  // below kPlotStyles
  std::vector<PlotPoint> points;
  bool has_line = true;
};

struct PlotAxis {
  Scale scale;
  std::string label;          // with the unit; not escaped
  std::vector<double> ticks;  // empty: those of the scale
};

// SVG. `steps` are drawn as a line of steps from left to right, such as a Pareto front; empty: none.
std::string plot(const PlotAxis& x, const PlotAxis& y, const std::vector<PlotSeries>& series,
                 const std::vector<PlotPoint>& steps = {});

// The form and colour of a series, for a legend. SVG of its own size.
std::string plot_key(std::size_t style, bool is_hollow = false);

}  // namespace medbench
