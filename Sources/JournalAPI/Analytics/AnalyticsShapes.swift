import Primitives
import Web

/// What the answers of the analytics look like.
enum AnalyticsShapes {
    private static let percent = Shape.number.note("In percent.").orNull
    private static let ratio = Shape.number.orNull
    private static let money = Shape.amount.orNull

    private static let quotes = Shape.list(
        of: .object("QuoteCount", ["quote": .text, "trade_count": .count])
    ).note("Every currency there are closed trades in. Only those of `quote` are in the figures.")

    /// The terms in which every answer speaks: see `AnalyticsScope.terms`.
    private static let terms: [(String, Shape)] = [
        ("quote", .text.note("The currency of all money here.", example: "USDT")), ("quotes", quotes),
        ("zone", .text.note("Whose days these are.", example: "Europe/Berlin")),
        ("basis", .choice(["net", "gross"])), ("start_balance", money),
    ]

    private static func view(_ name: String, _ row: Shape, _ more: [(String, Shape)] = []) -> Shape {
        .members(name, terms + more + [("data", .list(of: row))])
    }

    private static let tally: [(String, Shape)] = [
        ("trade_count", .count), ("wins", .count), ("losses", .count), ("breakevens", .count), ("win_rate", percent),
        ("profit_factor", ratio), ("r_trades", .count.note("Trades with an initial risk.")), ("avg_r_multiple", ratio),
    ]

    private static let stretch = Shape.object(
        "DrawdownStretch",
        ["depth": .amount, "from": .day, "to": .day, "days": .count, "recovered": .flag])

    private static let figures: [(String, Shape)] = [
        (
            "account",
            .object(
                "AccountFigures",
                [
                    "total_trades": .count, "total_pnl": .amount.note("Before fees."), "total_fees": .amount,
                    "net_pnl": .amount, "open_trades": .count, "uncertain_trades": .count,
                    "trades_with_other_fees": .count,
                ])
        ),
        ("performance", performance), ("risk", risk),
    ]

    private static let performance = Shape.object(
        "PerformanceFigures",
        [
            "wins": .count, "losses": .count, "breakevens": .count, "win_rate": percent, "win_rate_decided": percent,
            "gross_profit": .amount, "gross_loss": .amount, "profit_factor": ratio, "no_losses": .flag,
            "avg_win": money, "avg_loss": money, "payoff_ratio": ratio, "largest_win": money, "largest_loss": money,
            "expectancy": money, "avg_r_multiple": ratio, "total_r": ratio, "r_trades": .count, "sqn": ratio,
            "kelly": ratio,
            "net_quantiles": Shape.object(
                "Quantiles", ["p5": .amount, "p25": .amount, "median": .amount, "p75": .amount, "p95": .amount]
            ).orNull,
            "avg_duration_secs": ratio, "median_duration_secs": ratio, "avg_win_duration_secs": ratio,
            "avg_loss_duration_secs": ratio, "total_duration_days": .integer(1...Int64.max), "trades_per_day": .number,
            "trading_days": .count, "winning_days": .count, "losing_days": .count, "net_per_trading_day": money,
        ])

    private static let risk = Shape.members(
        "RiskFigures",
        [
            ("max_drawdown", money), ("max_drawdown_pct", percent), ("deepest_drawdown", stretch.orNull),
            ("longest_drawdown", stretch.orNull), ("recovery_factor", ratio), ("avg_r_multiple", ratio),
            ("risk_of_ruin", percent), ("current_streak", .integer), ("best_streak", .count),
            ("worst_streak", .count), ("sharpe", ratio), ("sortino", ratio), ("volatility", ratio), ("cagr", ratio),
            ("calmar", ratio),
        ]
            + ["day", "week", "month"].flatMap { span -> [(String, Shape)] in
                [
                    ("best_\(span)", money), ("best_\(span)_date", .day.orNull), ("worst_\(span)", money),
                    ("worst_\(span)_date", .day.orNull),
                ]
            })

    static let overview = Shape.members("Overview", terms + figures)

    static let comparison = Shape.object("ComparedOverviews", ["a": overview, "b": overview])

    static let equityCurve = view(
        "EquityCurve",
        .object(
            "EquityPoint",
            [
                "date": .day, "closed_at": .time.orNull, "cumulative_pnl": .amount, "equity": money, "peak": .amount,
                "drawdown": .amount.note("Never above zero."), "drawdown_pct": percent, "is_true_equity": .flag,
                "trade_count": .count, "open": money, "high": money, "low": money,
            ]),
        [("days_per_point", .integer.note("Null where each trade has a point.").orNull)])

    static let drawdown = view(
        "DrawdownCurve",
        .object(
            "DrawdownPoint",
            ["date": .day, "closed_at": .time.orNull, "drawdown": .amount, "drawdown_pct": percent]),
        [
            ("max_drawdown", money), ("max_drawdown_pct", percent), ("deepest", stretch.orNull),
            ("longest", stretch.orNull),
        ])

    private static let day = Shape.members("DayFigures", tally + [("date", .day), ("pnl", .amount)])

    static let dailyPnL = view("DailyPnL", day)

    static let calendar = view(
        "CalendarMonth", day,
        [
            ("month", .text(pattern: "^[0-9]{4}-[0-9]{2}$").orNull),
            ("weeks", .list(of: day).note("Each under its Monday; whole, with what closed in the months beside.")),
            ("total", .members("MonthTotal", tally + [("pnl", .amount)])),
        ])

    private static func row(_ name: String, _ key: String) -> Shape {
        .members(
            name,
            tally + [
                (key, .text), ("total_pnl", .amount), ("gross_pnl", .amount), ("total_fees", .amount),
                ("expectancy", money),
            ])
    }

    static let symbolBreakdown = view("SymbolBreakdown", row("SymbolFigures", "symbol"))
    static let setupBreakdown = view("SetupBreakdown", row("SetupFigures", "setup_tag"))
    static let breakdown = view("Breakdown", row("RowFigures", "key"), [("by", .text)])

    static let durationProfit = view(
        "DurationProfit",
        .object("DurationPoint", ["duration_secs": .number, "pnl": .amount, "symbol": .text, "trade_id": .id]),
        [
            (
                "buckets",
                .list(
                    of: .members(
                        "DurationFigures",
                        tally + [
                            ("bucket", .text), ("from_secs", .count), ("to_secs", .count.orNull),
                            ("total_pnl", .amount), ("avg_pnl", money),
                        ]))
            )
        ])

    static let returnDistribution = view(
        "ReturnDistribution",
        .object("ReturnBucket", ["bucket": .text, "from": .number, "to": .number, "count": .count]),
        [("unit", .choice(["r", "percent"])), ("width", .number), ("unknown_count", .count)])

    private static let entry: [(String, Shape)] = tally + [("avg_pnl", money), ("total_pnl", .amount)]
    private static let weekday = Shape.integer(0...6).note("0 is Monday.")
    private static let hour = Shape.integer(0...23)

    static let timeDistribution = view(
        "TimeDistribution", .members("TimeFigures", entry + [("day_of_week", weekday), ("hour", hour)]),
        [
            ("by_weekday", .list(of: .members("WeekdayFigures", entry + [("day_of_week", weekday)]))),
            ("by_hour", .list(of: .members("HourFigures", entry + [("hour", hour)]))),
        ])

    static let rolling = view(
        "RollingFigures",
        .members(
            "RollingWindow", tally + [("closed_at", .time), ("net_pnl", .amount), ("expectancy", money)]),
        [("window", .integer(1...10_000))])

    static let filterOptions = Shape.object([
        "data": .object(
            "FilterOptions",
            [
                "exchanges": .list(of: .text), "sides": .list(of: .text), "sources": .list(of: .text),
                "symbols": .list(of: .object("SymbolCount", ["symbol": .text, "count": .count])),
                "setups": .list(of: .object("SetupCount", ["setup_tag": .text, "count": .count])),
                "tags": .list(of: .object("TagCount", ["tag": .text, "id": .id, "count": .count])),
                "accounts": .list(
                    of: .object(
                        "AccountCount", ["id": .id, "exchange": .text, "label": .text, "count": .count])),
                "quotes": .list(of: .object("CurrencyCount", ["quote": .text, "count": .count])),
            ])
    ])
}
