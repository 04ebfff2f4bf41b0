<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output method="html" encoding="UTF-8" indent="no"/>

  <xsl:param name="embedded"/>

  <xsl:template match="/">
    <xsl:choose>
      <xsl:when test="$embedded"><div><xsl:apply-templates select="/*" mode="top"/></div></xsl:when>
      <xsl:otherwise>
        <html lang="en">
          <head>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <title><xsl:value-of select="name(/*)"/></title>
            <link rel="stylesheet" href="/css/style.css"/>
          </head>
          <body>
            <nav><a href="/">Overview</a></nav>
            <main><xsl:apply-templates select="/*" mode="top"/></main>
          </body>
        </html>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="*[@type='rlist']" mode="top">
    <h1>Module <xsl:value-of select="name()"/></h1>
    <xsl:for-each select="*[@type='sandesh']">
      <xsl:sort select="name()"/>
      <h2><xsl:value-of select="name()"/></h2>
      <form method="get" action="/Snh_{name()}">
        <xsl:for-each select="*[@type!='struct']">
          <label><xsl:value-of select="name()"/> <small><xsl:value-of select="@type"/></small>
            <input name="{name()}" autocomplete="off"/>
          </label>
        </xsl:for-each>
        <button type="submit">Send</button>
      </form>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="*[@type='slist']" mode="top">
    <xsl:apply-templates select="*" mode="message"/>
  </xsl:template>

  <xsl:template match="*" mode="top">
    <xsl:apply-templates select="." mode="message"/>
  </xsl:template>

  <xsl:template match="*" mode="message">
    <section class="card">
      <h2><xsl:value-of select="name()"/></h2>
      <xsl:call-template name="fields"/>
    </section>
  </xsl:template>

  <!-- A value as part of a query: what has a meaning there is escaped; browsers escape the rest. -->
  <xsl:template name="encoded">
    <xsl:param name="text"/>
    <xsl:if test="$text != ''">
      <xsl:variable name="first" select="substring($text, 1, 1)"/>
      <xsl:choose>
        <xsl:when test="$first='%'">%25</xsl:when>
        <xsl:when test="$first='&amp;'">%26</xsl:when>
        <xsl:when test="$first='#'">%23</xsl:when>
        <xsl:when test="$first='+'">%2B</xsl:when>
        <xsl:when test="$first=';'">%3B</xsl:when>
        <xsl:otherwise><xsl:value-of select="$first"/></xsl:otherwise>
      </xsl:choose>
      <xsl:call-template name="encoded"><xsl:with-param name="text" select="substring($text, 2)"/></xsl:call-template>
    </xsl:if>
  </xsl:template>

  <xsl:template name="fields">
    <table>
      <xsl:for-each select="*[not(@identifier='0')]">
        <tr>
          <th><xsl:value-of select="name()"/></th>
          <td><xsl:apply-templates select="." mode="value"/></td>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template match="*[@type='struct']" mode="value">
    <xsl:for-each select="*"><xsl:call-template name="fields"/></xsl:for-each>
  </xsl:template>

  <xsl:template match="*[@type='list' or @type='set']" mode="value">
    <xsl:apply-templates select="*" mode="items"/>
  </xsl:template>

  <xsl:template match="*[@type='map']" mode="value">
    <xsl:apply-templates select="*" mode="pairs"/>
  </xsl:template>

  <xsl:template match="*[@link and string-length(.) &lt; 500]" mode="value">
    <xsl:variable name="value"><xsl:call-template name="encoded"><xsl:with-param name="text" select="."/></xsl:call-template></xsl:variable>
    <a href="/Snh_{@link}?x={$value}">
      <xsl:choose>
        <xsl:when test="@link_title"><xsl:value-of select="@link_title"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
      </xsl:choose>
    </a>
  </xsl:template>

  <xsl:template match="*" mode="value"><xsl:value-of select="."/></xsl:template>

  <xsl:template match="*[@type='struct']" mode="items">
    <xsl:variable name="columns" select="*[1]/*"/>
    <div class="wide"><table class="rows">
      <tr><xsl:for-each select="$columns"><th><xsl:value-of select="name()"/></th></xsl:for-each></tr>
      <xsl:for-each select="*">
        <xsl:variable name="row" select="."/>
        <tr>
          <xsl:for-each select="$columns">
            <xsl:variable name="column" select="name()"/>
            <td><xsl:apply-templates select="$row/*[name()=$column]" mode="value"/></td>
          </xsl:for-each>
          <xsl:for-each select="*">
            <xsl:variable name="name" select="name()"/>
            <xsl:if test="not($columns[name()=$name])">
              <td><b><xsl:value-of select="$name"/></b>: <xsl:apply-templates select="." mode="value"/></td>
            </xsl:if>
          </xsl:for-each>
        </tr>
      </xsl:for-each>
    </table></div>
  </xsl:template>

  <xsl:template match="*[@type='list' or @type='set' or @type='map']" mode="items">
    <xsl:for-each select="*">
      <xsl:choose>
        <xsl:when test="name()='map'"><xsl:apply-templates select="." mode="pairs"/></xsl:when>
        <xsl:otherwise><xsl:apply-templates select="." mode="items"/></xsl:otherwise>
      </xsl:choose>
    </xsl:for-each>
  </xsl:template>

  <xsl:template match="*" mode="items">
    <ul><xsl:for-each select="*"><li><xsl:value-of select="."/></li></xsl:for-each></ul>
  </xsl:template>

  <xsl:template match="map" mode="pairs">
    <xsl:variable name="key" select="@key"/>
    <xsl:variable name="value" select="@value"/>
    <table>
      <xsl:for-each select="*[position() mod 2 = 1]">
        <tr>
          <th><xsl:apply-templates select="." mode="part"><xsl:with-param name="of" select="$key"/></xsl:apply-templates></th>
          <td>
            <xsl:apply-templates select="following-sibling::*[1]" mode="part">
              <xsl:with-param name="of" select="$value"/>
            </xsl:apply-templates>
          </td>
        </tr>
      </xsl:for-each>
    </table>
  </xsl:template>

  <xsl:template match="*" mode="part">
    <xsl:param name="of"/>
    <xsl:choose>
      <xsl:when test="$of='struct'"><xsl:call-template name="fields"/></xsl:when>
      <xsl:when test="$of='map'"><xsl:apply-templates select="." mode="pairs"/></xsl:when>
      <xsl:when test="$of='list' or $of='set'"><xsl:apply-templates select="." mode="items"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
