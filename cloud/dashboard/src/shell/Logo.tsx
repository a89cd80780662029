/** The product's mark and name; leads home. */
import Box from "@mui/material/Box";
import { Link } from "react-router-dom";

export function Logo() {
  return (
    <Box component={Link} to="/" aria-label="SpotFi" sx={{ display: "flex", alignItems: "center", gap: 1, color: "inherit", textDecoration: "none", fontWeight: 700, fontSize: "1.05rem" }}>
      <img src="/favicon.svg" alt="" width={26} height={26} />
      <Box component="span" sx={{ display: { xs: "none", sm: "inline" } }}>
        SpotFi
      </Box>
    </Box>
  );
}
