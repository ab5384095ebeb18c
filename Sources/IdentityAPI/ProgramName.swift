/// What to call a program that does not give itself a name, from its `User-Agent`.
enum ProgramName {
    /// In this order: most browsers also claim to be others.
    private static let browsers = [
        ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]
    private static let systems = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "Mac"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]

    /// `Chrome on Linux`; empty when nothing is known.
    static func of(userAgent: String?) -> String {
        guard let userAgent else { return "" }
        let browser = browsers.first { userAgent.contains($0.0) }?.1
        let system = systems.first { userAgent.contains($0.0) }?.1
        return [browser, system].compactMap { $0 }.joined(separator: " on ")
    }
}
