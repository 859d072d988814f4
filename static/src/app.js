// What every page does in the browser. Each part finds its own elements; a page without them costs nothing.
import "bootstrap/js/src/alert.js";
import "bootstrap/js/src/dropdown.js";
import "bootstrap/js/src/modal.js";
import "bootstrap/js/src/offcanvas.js";
import { watchConnection } from "./parts/connection.js";
import { watchForms } from "./parts/forms.js";
import { watchRows } from "./parts/rows.js";
import { watchSheets } from "./parts/sheets.js";
import { watchUploads } from "./parts/uploads.js";

watchForms();
watchRows();
watchSheets();
watchUploads();
watchConnection();
