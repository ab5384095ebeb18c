import Primitives
import Web

/// The web app: the page on which a person signs in with a browser's wallet, lets extensions and devices in, and ends
/// their sessions; and the page that shows the journal. They do nothing that their visitor could not do over the API.
package struct WebApp: Sendable {
    /// The page loads what this server has and nothing else, runs nothing that is written into it, and stands in no
    /// frame. Wallets bring their icons as data.
    private static let contentSecurityPolicy = """
        default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
        form-action 'none'; frame-ancestors 'none'; base-uri 'none'
        """

    private static let page = StaticFile(PackageResources.account_html, type: "text/html; charset=utf-8")

    private static let journal = StaticFile(PackageResources.journal_html, type: "text/html; charset=utf-8")

    private static let parts = [
        "api.js": StaticFile(PackageResources.api_js, type: script),
        "curve.js": StaticFile(PackageResources.curve_js, type: script),
        "days.js": StaticFile(PackageResources.days_js, type: script),
        "app.css": StaticFile(PackageResources.app_css, type: "text/css; charset=utf-8"),
        "account.js": StaticFile(PackageResources.account_js, type: script),
        "docs.css": StaticFile(PackageResources.docs_css, type: "text/css; charset=utf-8"),
        "drafts.js": StaticFile(PackageResources.drafts_js, type: script),
        "figures.js": StaticFile(PackageResources.figures_js, type: script),
        "icon.svg": StaticFile(PackageResources.icon_svg, type: "image/svg+xml"),
        "journal.css": StaticFile(PackageResources.journal_css, type: "text/css; charset=utf-8"),
        "journal.js": StaticFile(PackageResources.journal_js, type: script),
        "keccak.js": StaticFile(PackageResources.keccak_js, type: script),
        "month.js": StaticFile(PackageResources.month_js, type: script),
        "pairing.js": StaticFile(PackageResources.pairing_js, type: script),
        "trade.js": StaticFile(PackageResources.trade_js, type: script),
        "view.js": StaticFile(PackageResources.view_js, type: script),
        "wallet.js": StaticFile(PackageResources.wallet_js, type: script),
    ]

    private static let script = "text/javascript; charset=utf-8"

    package init() {}

    package var table: RouteTable {
        var table = RouteTable("", admits: .anyone)
        table.get(
            "/", "Get the web app's page to sign in and pair devices on", answers: [200: .text("text/html")], page)
        table.get(
            "/journal", "Get the journal as a page for people", answers: [200: .text("text/html")], journal)
        table.get(
            "/app/{file}", "Get a file of the web app", names: ["file": .choice(Self.parts.keys.sorted())],
            answers: [200: .bytes(["image/svg+xml", "text/css", "text/javascript"])], part)
        return table
    }

    private func page(_ call: Call) -> Answer { answer(Self.page) }
    private func journal(_ call: Call) -> Answer { answer(Self.journal) }

    private func part(_ call: Call) throws(Failure) -> Answer {
        guard let file = Self.parts[call.parameter("file")] else { throw .fileUnknown }
        return answer(file)
    }

    private func answer(_ file: StaticFile) -> Answer {
        file.answer(contentSecurityPolicy: Self.contentSecurityPolicy)
    }
}

extension Failure {
    fileprivate static let fileUnknown = Failure(
        .notFound, "app.unknown_file", "The web app has no such file. Reload the page.")
}
