/// What `Accept-Encoding` says (RFC 9110, 12.5.3), as far as it is asked: whether gzip is welcome.
enum AcceptedCodings {
    static func takesGzip(_ field: String?) -> Bool {
        guard let field else { return false }
        var other = false
        for part in field.lowercased().split(separator: ",") {
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let coding = pieces.first else { continue }
            let quality = pieces.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            switch coding {
            // What is named counts more than `*`, wherever it stands.
            case "gzip", "x-gzip": return quality > 0
            case "*": other = quality > 0
            default: break
            }
        }
        return other
    }
}
