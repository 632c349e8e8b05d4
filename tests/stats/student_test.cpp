#include "stats/student.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numbers>

#include "base/error.hpp"

namespace medbench {
namespace {

// Computed with 40 digits (mpmath: the regularised incomplete beta function and bisection).
struct Quantiles {
  double degrees;
  double at_80;
  double at_97_5;
  double at_99_375;
  double at_99_95;
};
constexpr Quantiles kQuantiles[] = {
    {0.5, 2.512717953665919, 164.5576734804885, 2632.937303199238, 411396.4625261714},
    {1, 1.376381920471174, 12.7062047361747, 50.92303663648553, 636.6192487687196},
    {2, 1.060660171779821, 4.302652729749464, 8.8602000346543, 31.59905457644362},
    {2.5, 1.010163874722239, 3.574654842003683, 6.527911170800134, 18.27789352813065},
    {5, 0.919543780240826, 2.570581835636316, 3.810004699844638, 6.86882662588111},
    {7.3, 0.893671357180227, 2.345066736547704, 3.291852527948371, 5.283211758939399},
    {19, 0.8609505502689288, 2.09302405440831, 2.758585899055033, 3.883405852592083},
    {99, 0.8452670319534968, 1.984216951586417, 2.544161403453035, 3.391528833363651},
    {101, 0.8451945448626697, 1.983731002955606, 2.543225752326269, 3.389474884047273},
    {1000, 0.8419808221624286, 1.962339080826408, 2.502233153231176, 3.300282648423913},
    {1e6, 0.841621593013984, 1.959966356814107, 2.497709994350759, 3.290536461248691},
};

TEST(Student, Quantiles) {
  const auto expect = [](double p, double degrees, double value) {
    EXPECT_NEAR(student_quantile(p, degrees), value, 1e-10 * value) << p << " with " << degrees;
    EXPECT_NEAR(student_cdf(value, degrees), p, 1e-11) << p << " with " << degrees;
  };
  for (const Quantiles& row : kQuantiles) {
    expect(0.8, row.degrees, row.at_80);
    expect(0.975, row.degrees, row.at_97_5);
    expect(0.99375, row.degrees, row.at_99_375);
    expect(0.9995, row.degrees, row.at_99_95);
  }
}

TEST(Student, Probabilities) {
  EXPECT_NEAR(student_cdf(-3, 0.7), 0.1416856696505129, 1e-12);
  EXPECT_NEAR(student_cdf(0.1, 3), 0.5366738255995971, 1e-12);
  EXPECT_NEAR(student_cdf(2, 4.5), 0.9458710464094375, 1e-12);
  EXPECT_NEAR(student_cdf(1.5, 60), 0.9305708228409101, 1e-12);
  EXPECT_NEAR(student_cdf(-2.5, 150), 0.006747661009347441, 1e-12);
  EXPECT_NEAR(student_cdf(1, 1e5), 0.841343536217945, 1e-12);
  EXPECT_NEAR(student_cdf(-40, 6), 8.159180465271235e-9, 1e-18);
}

TEST(Student, OneDegreeIsCauchy) {
  for (const double t : {-1e200, -1e9, -2.0, -1e-3, 0.0, 1e-9, 1.0, 30.0, 1e8}) {
    EXPECT_NEAR(student_cdf(t, 1), 0.5 + std::atan(t) / std::numbers::pi, 1e-14) << t;
  }
}

TEST(Student, EndlessDegreesAreNormal) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_NEAR(student_quantile(0.975, kInfinity), 1.959963984540054, 1e-11);
  EXPECT_NEAR(student_quantile(0.975, 1e13), 1.959963984540054, 1e-11);
  EXPECT_EQ(student_cdf(kInfinity, 3), 1);
  EXPECT_EQ(student_cdf(-kInfinity, 3), 0);
}

TEST(Student, IsSymmetric) {
  EXPECT_EQ(student_quantile(0.5, 4), 0);
  EXPECT_DOUBLE_EQ(student_quantile(0.025, 4), -student_quantile(0.975, 4));
  EXPECT_EQ(student_cdf(0, 4), 0.5);
}

TEST(Student, RefusesNonsense) {
  EXPECT_THROW(student_cdf(1, 0), Error);
  EXPECT_THROW(student_cdf(std::numeric_limits<double>::quiet_NaN(), 1), Error);
  EXPECT_THROW(student_quantile(0, 1), Error);
  EXPECT_THROW(student_quantile(1, 1), Error);
  EXPECT_THROW(student_quantile(0.5, -1), Error);
}

}  // namespace
}  // namespace medbench
