import Primitives
import Storage
import Web

/// What all routes around sessions need.
package struct IdentityServices: Sendable {
    let control: ControlDatabase
    let origins: Origins
    let settings: SignInSettings
    let pairing: PairingSettings
    let cookies: CookieNames
    let feed: LiveFeed
    let metrics: Metrics
    let world: World
    let newcomers: NewcomerBudget

    static let authPath = "/api/v1/auth"

    package init(
        control: ControlDatabase, origins: Origins, settings: SignInSettings, pairing: PairingSettings,
        cookies: CookieNames, feed: LiveFeed, metrics: Metrics, world: World
    ) {
        self.control = control
        self.origins = origins
        self.settings = settings
        self.pairing = pairing
        self.cookies = cookies
        self.feed = feed
        self.metrics = metrics
        self.world = world
        newcomers = NewcomerBudget(perHourMax: settings.newcomersPerHour, key: pairing.key, in: control)
    }

    /// - Throws: `auth.invalid_token` when the session ended meanwhile.
    func session(of call: Call) async throws -> Session {
        let caller = try call.caller
        guard let session = try await control.session(caller.session) else {
            throw Failure.tokenInvalid
        }
        return session
    }

    func withCookies(_ answer: Answer, _ grant: Grant) -> Answer {
        var answer = answer
        answer.setCookie(cookies.access, grant.access.text, path: "/", seconds: grant.accessSeconds)
        answer.setCookie(cookies.refresh, grant.refresh.text, path: Self.authPath, seconds: grant.refreshSeconds)
        return answer
    }

    func withoutCookies(_ answer: Answer) -> Answer {
        var answer = answer
        answer.setCookie(cookies.access, "", path: "/", seconds: 0)
        answer.setCookie(cookies.refresh, "", path: Self.authPath, seconds: 0)
        return answer
    }
}
