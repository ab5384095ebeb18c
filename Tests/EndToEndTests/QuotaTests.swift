import Foundation
import Testing

/// A server that has less room for images than a device.
@Suite struct QuotaTests {
    @Test func `everything syncs but the images that do not fit, and the person hears which and why`() throws {
        let home = try Household(["--image-quota-bytes", "300000"])
        let (desk, laptop) = (try home.signedIn("Desk"), try home.signedIn("Laptop"))
        for (number, size) in [200_000, 150_000, 50_000].enumerated() {
            let file = home.place + "/chart-\(number).png"
            try Picture.noise(size, seed: UInt64(number)).write(to: URL(fileURLWithPath: file))
            try desk.run("image", "add", file)
        }
        try desk.run("entry", "add", "--title", "Written at the desk", "text")

        let first = try desk.attempt("sync", "--json")
        #expect(first.code == 3, "\(first.error)")
        #expect(first.number("images_sent") == 2)
        #expect(first.number("images_refused") == 1)
        let again = try desk.attempt("sync")
        #expect(again.code == 3)
        #expect(again.error.contains("1 image (") && again.error.contains("no room left"), "\(again.error)")
        #expect(again.error.contains("chart-0.png") != again.error.contains("chart-1.png"), "\(again.error)")
        #expect(again.error.contains("The server says: "), "\(again.error)")

        // The other device has all the journal says, and waits for one image.
        let there = try laptop.run("sync", "--json")
        #expect(there.number("images_received") == 2)
        #expect(there.number("images_awaited") == 1)
        #expect(try desk.run("entry", "list", "--json").output == laptop.run("entry", "list", "--json").output)
        #expect(try laptop.run("image", "list", "--json").output.contains("chart-2.png"))

        // Room is made: what waited comes by itself.
        let gone = again.error.contains("chart-0.png") ? "chart-1.png" : "chart-0.png"
        let list = try laptop.run("image", "list", "--json").output
        let images = (try? JSONSerialization.jsonObject(with: Data(list.utf8))) as? [[String: Any]] ?? []
        let id = try #require(images.first { $0["name"] as? String == gone }?["id"] as? String)
        try laptop.run("image", "delete", id)
        try laptop.run("sync")
        let last = try desk.run("sync", "--json")
        #expect(last.number("images_sent") == 1)
        #expect(last.number("images_refused") == 0)
    }
}
