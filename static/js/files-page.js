// The files of an activity's world, on a page of their own.
import { Files } from "./files.js";

const place = document.getElementById("files");
if (place) new Files(place, document.getElementById("files-news"));
