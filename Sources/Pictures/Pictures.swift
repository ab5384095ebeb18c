// Small pictures of large ones, made by libvips.
//
// What decodes a picture from outside is a million lines of C, and has had its bad days. So it never runs in the server:
//
//     Darkroom ──spawns──▶ daybook-server thumbnail ──▶ DarkroomWorker ──▶ CVips ──▶ libvips
//               descriptor 0 is the picture, descriptor 1 the file that receives the small one; there is nothing else
//
// The worker is the same program, with an empty environment, no other descriptors, and limits on memory, time and bytes
// written. If it crashes or runs away, one picture was not decoded. The server itself never loads libvips.
//
// How large a picture is when it is decoded is asked of its head before (`Journal/PictureSize`).
